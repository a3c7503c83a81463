"""Does Flyte 2 send the same Job as Flyte 1, and does it still look as every other language reads it?

``LARKSPUR_UPDATE_FIXTURES=1`` writes the fixture; otherwise it is compared.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import flyte
import pytest
import wire2

FIXTURES = Path(__file__).parents[3] / "proto" / "fixtures"
# What `flyte deploy` would register, as protobuf's JSON.
DEPLOY = """
import pathlib, flyte, wire2
from google.protobuf import json_format
where = dict(project="flytesnacks", domain="development", org="local")
flyte.init(endpoint="127.0.0.1:1", insecure=True, root_dir=pathlib.Path.cwd(), **where)
(deployment,) = flyte.deploy(wire2.env, version="v1", dry_run=True)
(task,) = deployment.envs["wire2"].deployed_entities
print(json_format.MessageToJson(task.deployed_task.task_template, indent=None))
"""
KNOWN = "2.12.1"


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> dict:
    """The TaskTemplate of wire2.maximal, without what depends on the machine."""
    home, folder = (tmp_path_factory.mktemp(name) for name in ("home", "folder"))
    shutil.copy(wire2.__file__, folder)
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home), "DO_NOT_TRACK": "1"}
    command = [sys.executable, "-c", DEPLOY]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    template = json.loads(done.stdout.splitlines()[-1])
    metadata, args = template["metadata"], template["container"]["args"]
    for option, value in {"--tgz": "s3://bucket/code.tar.gz", "--image-cache": "images"}.items():
        args[args.index(option) + 1] = value
    metadata |= {"codeBundleUri": "s3://bucket/code.tar.gz", "discoveryVersion": "hash of the code"}
    metadata["runtime"]["version"] = KNOWN
    return template


def test_fixture(template):
    file = FIXTURES / "job_flyte2.json"
    text = json.dumps(template, indent=2, sort_keys=True) + "\n"
    if os.environ.get("LARKSPUR_UPDATE_FIXTURES"):
        file.write_text(text)
    assert text == file.read_text(), (
        f"the wire has changed: registered tasks send the old form; if that is right (flyte {flyte.__version__}, the "
        f"fixture is of {KNOWN}), set LARKSPUR_UPDATE_FIXTURES=1"
    )


def test_both_flytes_send_the_same_job(template):
    flyte1 = json.loads((FIXTURES / "job_maximal.json").read_text())
    for field in ("type", "custom"):
        assert template[field] == flyte1[field]


def test_the_container_starts_the_wrapper(template):
    assert template["container"]["args"][0] == "flyteconnector-a0"
