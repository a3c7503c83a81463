"""What does ``flyte deploy`` register? With the SDK's own command in Python, and no Flyte to send it to."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import squares2
from flyteidl2.core import tasks_pb2
from google.protobuf import json_format

DEPLOY = """
import base64, pathlib, flyte, squares2
flyte.init(endpoint="127.0.0.1:1", insecure=True, project="p", domain="d", org="o", root_dir=pathlib.Path.cwd())
(deployment,) = flyte.deploy(squares2.demanding, dry_run=True)
for task in deployment.envs["demanding"].deployed_entities:
    print(base64.b64encode(task.deployed_task.task_template.SerializeToString()).decode())
"""
# What the connector in Go knows, and the engine renders (go/connector/pod/render.go).
KNOWN = {
    "input", "outputPrefix", "rawOutputDataPrefix", "checkpointOutputPrefix", "prevCheckpointPrefix",
    "runName", "actionName", "runStartTime",
}  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> tasks_pb2.TaskTemplate:
    """The TaskTemplate that goes to Flyte, for code that goes along in a bundle."""
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path_factory.mktemp("home")),
        "DO_NOT_TRACK": "1",
        # Whoever has run tasks through a connector before must not deploy anything else for that.
        "FLYTECONNECTOR_ENDPOINT": "127.0.0.1:1",
        "WAREHOUSE_PASSWORD": "the warehouse's password",
    }
    folder = Path(squares2.__file__).parent
    command = [sys.executable, "-c", DEPLOY]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return tasks_pb2.TaskTemplate.FromString(base64.b64decode(done.stdout.split()[-1]))


def test_the_wrapper_is_started_with_arguments_that_are_known(template):
    words = list(template.container.args)
    assert words[0] == "flyteconnector-a0"
    assert words[words.index("--tgz") + 1].endswith(".tar.gz"), "there is no code bundle"
    variables = {found for word in words for found in re.findall(r"\{\{\s*\.(\w+)\s*\}\}", word)}
    assert variables == KNOWN
    assert not [word for word in words if "{{" in word and not re.fullmatch(r"\{\{\.\w+\}\}", word)]


def test_the_type_the_configuration_and_the_secrets_names_are_registered(template):
    assert template.type == squares2.TASK_TYPE
    assert json_format.MessageToDict(template.custom) == {"said": "once"}
    assert [secret.key for secret in template.security_context.secrets] == ["password"]
    assert b"the warehouse's password" not in template.SerializeToString()
    assert not [pair for pair in template.container.env if "FLYTECONNECTOR" in pair.key]
