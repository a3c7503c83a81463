"""Does ``pyflyte package`` write down what Flyte must know of a Job task, and does the task run from it?

The real command packages ``workflows/registered.py`` from a folder of its own, and the tests read the package back.
What comes between here and the run is not shown: ``flytectl register``, which fills in ids and uploads the code, and
Flyte's engine, whose variables are filled in here.
"""

from __future__ import annotations

import io
import re
import shlex
import shutil
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest
import registered
from fake_admin import own_repository, run, start
from flyteidl.admin import launch_plan_pb2, task_pb2, workflow_pb2
from flyteidl.core import security_pb2, tasks_pb2
from google.protobuf import json_format

from larkspur_spec.names import COUNT_VARIABLE, INDEX_VARIABLE

IMAGE = "registry.example.com/flights:v1"
SECRET, ENDPOINT = "not-for-flyte", "127.0.0.1:1"  # of the machine that packages
TASKS = ["registered.configured", "registered.demanding", "registered.in_pod"]
CODE = "{{ .remote_package_path }}"
FETCH = ["pyflyte-fast-execute", "--additional-distribution", CODE, "--dest-dir", ".", "--"]
EXECUTE = shlex.split(
    "pyflyte-execute --inputs {{.input}} --output-prefix {{.outputPrefix}} "
    "--raw-output-data-prefix {{.rawOutputDataPrefix}} --checkpoint-path {{.checkpointOutputPrefix}} "
    "--prev-checkpoint {{.prevCheckpointPrefix}} "
    "--resolver flytekit.core.python_auto_container.default_task_resolver -- task-module registered task-name"
)
FLAGS = {"plain": [], "fast": ["--fast", "--in-container-source-path", "."]}
KINDS = {1: task_pb2.TaskSpec, 2: workflow_pb2.WorkflowSpec, 3: launch_plan_pb2.LaunchPlan}


@dataclass(frozen=True)
class Package:
    """What ``pyflyte package`` has written."""

    files: dict[str, bytes]
    source: Path

    def read(self, kind: int) -> dict[str, task_pb2.TaskSpec | workflow_pb2.WorkflowSpec]:
        """Return what was packaged of one kind, by name; the kind is the number at the end of its file's name."""
        found = {name: re.fullmatch(rf"\d+_(.+)_{kind}\.pb", name) for name in self.files}
        return {match[1]: KINDS[kind].FromString(self.files[name]) for name, match in found.items() if match}

    @property
    def code(self) -> list[tuple[str, bytes]]:
        """Return what is no message, with its name."""
        return [(name, content) for name, content in self.files.items() if not name.endswith(".pb")]

    def template(self, name: str) -> tasks_pb2.TaskTemplate:
        return self.read(1)[name].template

    def main_container(self, name: str) -> dict[str, object]:
        """Return the container that runs the task's function, in a pod or not, as Kubernetes would read it."""
        template = self.template(name)
        if template.HasField("container"):
            return json_format.MessageToDict(template.container)
        containers = json_format.MessageToDict(template.k8s_pod.pod_spec)["containers"]
        (main,) = (each for each in containers if each["name"] == template.config["primary_container_name"])
        return main


@pytest.fixture(scope="module")
def packages(tmp_path_factory) -> dict[str, Package]:
    home, source = tmp_path_factory.mktemp("home"), own_repository(tmp_path_factory.mktemp("source"))
    shutil.copy(registered.__file__, source)
    own = {"_FSEC_WAREHOUSE_PASSWORD": SECRET, "FLYTECONNECTOR_ENDPOINT": ENDPOINT}
    found = {}
    for name, flags in FLAGS.items():
        output = home / f"{name}.tgz"
        command = ["pyflyte", "--pkgs", "registered", "package", "--image", IMAGE, "--output", output]
        run([*command, *flags], source, home, **own)
        with tarfile.open(output) as tar:
            files = {member: tar.extractfile(member).read() for member in tar.getnames()}
        found[name] = Package(files, source)
    return found


@pytest.fixture(params=FLAGS)
def package(request, packages) -> Package:
    return packages[request.param]


def test_every_entity_of_the_module_is_packaged_once(package):
    assert {kind: sorted(package.read(kind)) for kind in KINDS} == {
        1: TASKS,
        2: ["registered.all_three"],
        3: ["registered.all_three"],
    }


@pytest.mark.parametrize("name", TASKS)
def test_the_config_travels_as_the_message_that_the_connector_reads(package, name):
    template = package.template(name)
    config = getattr(registered, name.removeprefix("registered.")).task_config
    assert template.type == "larkspur_job"
    assert json_format.MessageToDict(template.custom) == json_format.MessageToDict(config.to_proto())


@pytest.mark.parametrize("name", TASKS)
def test_the_command_line_leaves_all_variables_to_flyte_and_fetches_the_code_only_if_fast(packages, name):
    command = [*EXECUTE, name.removeprefix("registered.")]
    assert packages["plain"].main_container(name)["args"] == command
    assert packages["fast"].main_container(name)["args"] == FETCH + command


def test_what_a_user_says_besides_the_config_arrives(package):
    template = package.template("registered.demanding")
    said, container = template.metadata, package.main_container("registered.demanding")
    assert (said.retries.retries, said.timeout.seconds, said.interruptible) == (2, 1800, True)
    assert (said.discoverable, said.discovery_version, said.cache_serializable) == (True, "flights-1", True)
    assert container["image"] == IMAGE
    assert container["env"] == [{"key": "GREETING", "value": "hello"}]
    assert container["resources"] == {
        "requests": [{"name": "CPU", "value": "500m"}, {"name": "MEMORY", "value": "256Mi"}],
        "limits": [{"name": "CPU", "value": "1"}, {"name": "MEMORY", "value": "512Mi"}],
    }


def test_a_secret_is_only_named_and_nothing_of_this_machine_is_told(package):
    Secret = security_pb2.Secret
    wanted = Secret(group="warehouse", key="password", mount_requirement=Secret.FILE)
    assert list(package.template("registered.demanding").security_context.secrets) == [wanted]
    messages = b"".join(content for name, content in package.files.items() if name.endswith(".pb"))
    told = [word for word in (SECRET, ENDPOINT, str(package.source), sys.prefix) if word.encode() in messages]
    assert told == []


def test_a_pod_template_becomes_the_pod_with_the_task_in_its_primary_container(package):
    template = package.template("registered.in_pod")
    pod = json_format.MessageToDict(template.k8s_pod.pod_spec)
    log, main = pod["containers"]
    assert not template.HasField("container")
    assert dict(template.config) == {"primary_container_name": "main"}
    assert dict(template.k8s_pod.metadata.labels) == {"team": "flights"}
    assert pod["nodeSelector"] == {"disk": "ssd"}
    assert log == {"name": "log", "image": "registry.example.com/log:v1", "args": ["--follow"]}
    assert (main["name"], main["image"]) == ("main", IMAGE)


def test_the_workflow_calls_the_tasks_in_their_order_and_its_launch_plan_has_the_default(package):
    template = package.read(2)["registered.all_three"].template
    plan = package.read(3)["registered.all_three"].spec
    assert [node.task_node.reference_id.name for node in template.nodes] == TASKS
    assert [list(node.upstream_node_ids) for node in template.nodes] == [[], ["n0"], ["n1"]]
    assert [node.metadata.retries.retries for node in template.nodes] == [0, 2, 0]
    assert plan.workflow_id == template.id
    assert plan.default_inputs.parameters["n"].default.scalar.primitive.integer == 10


def test_only_a_fast_package_has_the_code_in_it(packages):
    assert packages["plain"].code == []
    ((name, content),) = packages["fast"].code
    assert re.fullmatch(r"fast[0-9a-f]{32}\.tar\.gz", name)
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        assert tar.getnames() == ["registered.py"]
        assert tar.extractfile("registered.py").read() == Path(registered.__file__).read_bytes()


def test_a_task_of_a_fast_package_runs_where_nothing_else_is(packages, tmp_path):
    ((name, content),) = packages["fast"].code
    (tmp_path / name).write_bytes(content)
    args = packages["fast"].main_container("registered.configured")["args"]
    command = [word.replace(CODE, f"{tmp_path}/{name}") for word in args]
    assert start(command, tmp_path, 10, **{INDEX_VARIABLE: "0", COUNT_VARIABLE: "4"}) == 0 + 4 + 8
