"""Does the connector receive what Flyte 2's engine would send?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import flyte
import pytest
import squares2
from flyteidl2.core.security_pb2 import Secret
from flyteidl2.core.tasks_pb2 import Resources
from flyteidl2.task import common_pb2
from google.protobuf import json_format

from flyteconnector.flyte2 import request

WORKFLOWS = Path(squares2.__file__).parent
OF_THE_RUN = {"{{.runName}}", "{{.actionName}}", "{{.runStartTime}}"}


@pytest.fixture
def sent(instant2, run2, monkeypatch):
    """Return a function that runs a task with n=3, and returns the request."""
    monkeypatch.delenv("FLYTECONNECTOR_NAMESPACE", raising=False)
    return lambda task: (run2(task, n=3), instant2.creates[-1])[1]


def options(words: list[str]) -> dict[str, str]:
    """Return the options of a command line with their values."""
    return {word: words[number + 1] for number, word in enumerate(words[:-1]) if word.startswith("--")}


def test_a_container_arrives_rendered_but_for_what_the_engine_leaves_to_the_connector(sent):
    create = sent(squares2.square)
    words, prefix = list(create.template.container.args), create.output_prefix
    folder, number = prefix.rsplit("/", 1)
    assert words[0] == "flyteconnector-a0"
    assert {word for word in words if "{{" in word} == OF_THE_RUN
    assert number == "1"
    given = options(words)
    assert given["--inputs"] == f"{folder}/inputs.pb"
    assert given["--outputs-path"] == given["--raw-data-path"] == prefix
    assert given["--checkpoint-path"] == f"{prefix}/_flytecheckpoints"
    assert given["--prev-checkpoint"] == '""'
    assert words[-4:] == ["mod", "squares2", "instance", "square"]
    assert create.inputs == common_pb2.Inputs.FromString(Path(folder, "inputs.pb").read_bytes())
    assert create.template.type == squares2.TASK_TYPE
    assert json_format.MessageToDict(create.template.custom) == {"said": "once"}
    assert create.template.container.image == squares2.square.image.uri != ""


def test_the_identity_has_the_shape_of_the_engines(sent):
    create = sent(squares2.square)
    metadata, words = create.task_execution_metadata, create.template.container.args
    identity = metadata.task_execution_id
    node = identity.node_execution_id
    assert (identity.task_id.name, identity.task_id.version) == (
        "squares2.square",
        options(list(words))["--version"],
    )
    assert (node.execution_id.project, node.execution_id.domain) == ("flytesnacks", "development")
    assert metadata.namespace == "flytesnacks-development"
    assert metadata.labels.items() >= {
        ("run", node.execution_id.name),
        ("action", node.node_id),
        ("attempt", "1"),
        ("task-name", "squares2-square"),
        ("flyte.org/managed", "true"),
    }
    environment = metadata.environment_variables
    assert environment["RUN_NAME"] == node.execution_id.name
    assert environment["ACTION_NAME"] == node.node_id
    assert environment["_U_RUN_BASE"] == create.output_prefix.rsplit("/", 1)[0]
    assert environment["_U_ORG_NAME"] == identity.task_id.org != ""
    assert environment["PYTHONPATH"].split(os.pathsep)[0] == str(WORKFLOWS)


def test_what_the_user_asks_for_arrives_and_secrets_by_their_names_only(sent, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_PASSWORD", "the warehouse's password")
    monkeypatch.setenv("FLYTECONNECTOR_NAMESPACE", "elsewhere")
    create = sent(squares2.demand)
    container, metadata = create.template.container, create.template.metadata
    assert container.image == "registry.example.com/flights:v1"
    for entries, values in (
        (container.resources.requests, ("500m", "256Mi")),
        (container.resources.limits, ("1", "512Mi")),
    ):
        found = {Resources.ResourceName.Name(entry.name): entry.value for entry in entries}
        assert (found["CPU"], found["MEMORY"]) == values
    assert (metadata.retries.retries, metadata.timeout.seconds, metadata.interruptible) == (2, 1800, True)
    (secret,) = create.template.security_context.secrets
    assert (secret.group, secret.key, secret.env_var) == ("warehouse", "password", "WAREHOUSE_PASSWORD")
    assert secret.mount_requirement == Secret.MountType.ENV_VAR
    assert b"the warehouse's password" not in create.SerializeToString()
    assert {pair.key: pair.value for pair in container.env} == {"PYTHONPATH": "mine", "GREETING": "hello"}
    assert "PYTHONPATH" not in create.task_execution_metadata.environment_variables, (
        "the user's own would lose"
    )
    assert create.task_execution_metadata.namespace == "elsewhere"


def test_a_pod_template_arrives_as_the_sdk_makes_it(sent):
    """Flyte 2's engine renders no pod: the connector does, or says why it cannot."""
    template = sent(squares2.podded).template
    (container,) = json_format.MessageToDict(template.k8s_pod.pod_spec)["containers"]
    assert container["args"][:3] == ["flyteconnector-a0", "--inputs", "{{.input}}"]
    assert template.config["primary_container_name"] == "main"
    assert template.k8s_pod.metadata.labels["team"] == "flights"


def test_a_script_is_imported_from_its_own_folder_and_a_module_from_its_root(tmp_path):
    """Run as python runs them: `python -m package.module` is a script, too, but has a package."""
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "module.py").write_text(
        "import flyte\nfrom flyteconnector.flyte2 import request\n"
        "env = flyte.TaskEnvironment(name='e')\n"
        "@env.task\ndef f() -> None: ...\n"
        "if __name__ == '__main__': print(request.import_root(f))\n"
    )
    roots = {"package/module.py": package, "-m package.module": tmp_path}
    for words, root in roots.items():
        command = [sys.executable, *words.split()]
        done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
        assert done.stdout.strip() == str(root)


def test_a_function_that_no_container_can_import_is_refused():
    space: dict[str, object] = {}
    exec("def nowhere() -> None: ...", space)
    with pytest.raises(ValueError, match=r"task e\.nowhere is in no file"):
        request.import_root(flyte.TaskEnvironment(name="e").task(space["nowhere"]))


def test_what_a_parent_hands_down_goes_with_the_inputs(instant2, run2):
    async def caller() -> None:
        with flyte.custom_context(team="flights"):
            await squares2.asquare(3)

    run2(squares2.parents.task(caller))
    (create,) = instant2.creates
    assert {pair.key: pair.value for pair in create.inputs.context} == {"team": "flights"}
