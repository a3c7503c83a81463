"""What does Flyte receive from ``pyflyte register`` and ``pyflyte run --remote``, and does the task run from it?

The real commands talk to a FlyteAdmin that is played (``fake_admin``): that Flyte takes what it receives is not shown.
"""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

import pytest
import registered
from fake_admin import FakeAdmin, own_repository, run, start
from flyteidl.admin import execution_pb2, launch_plan_pb2, task_pb2, workflow_pb2
from flytekit.configuration.default_images import DefaultImages
from google.protobuf import json_format

from larkspur_spec.names import COUNT_VARIABLE, INDEX_VARIABLE

IMAGE = "registry.example.com/flights:v1"
WHERE = ["--project", "flights", "--domain", "development"]
COMMANDS = {
    "register": ["register", *WHERE, "--image", IMAGE, "--destination-dir", ".", "registered.py"],
    "run a workflow": ["run", "--remote", *WHERE, "--image", IMAGE, "registered.py", "all_three", "--n", "7"],
    "run a task": ["run", "--remote", *WHERE, "registered.py", "configured", "--n", "8"],  # forgets the image
}
TASK, WORKFLOW = task_pb2.TaskCreateRequest, workflow_pb2.WorkflowCreateRequest
LAUNCH_PLAN, EXECUTION = launch_plan_pb2.LaunchPlanCreateRequest, execution_pb2.ExecutionCreateRequest
CREATED = {
    "register": [TASK, TASK, TASK, WORKFLOW, LAUNCH_PLAN],
    "run a workflow": [TASK, TASK, TASK, WORKFLOW, LAUNCH_PLAN, EXECUTION],
    "run a task": [TASK, EXECUTION],
}
UPLOADED = {
    "register": ["notes.txt", "registered.py"],  # --copy all
    "run a workflow": ["registered.py"],  # --copy auto: what has been imported
    "run a task": ["registered.py"],
}
STARTED = {"run a workflow": (LAUNCH_PLAN, 7), "run a task": (TASK, 8)}


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    folder = own_repository(tmp_path_factory.mktemp("source"))
    shutil.copy(registered.__file__, folder)
    (folder / "notes.txt").write_text("imported by nobody")
    return folder


@pytest.fixture(scope="module")
def admins(source, tmp_path_factory) -> dict[str, FakeAdmin]:
    """What every command has sent, each to a FlyteAdmin of its own."""
    home, sent = tmp_path_factory.mktemp("home"), {}
    for name, words in COMMANDS.items():
        with FakeAdmin(tmp_path_factory.mktemp("admin")) as admin:
            command = ["pyflyte", "--config", admin.config(), *words]
            run(command, source, home, FLYTECONNECTOR_ENDPOINT="127.0.0.1:1")  # not for remote runs
        sent[name] = admin
    return sent


@pytest.fixture(scope="module")
def packaged(source, tmp_path_factory) -> dict[str, task_pb2.TaskSpec]:
    """The tasks in the package of the same folder, by name."""
    output = tmp_path_factory.mktemp("home") / "package.tgz"
    flags = ["--image", IMAGE, "--copy", "all", "--in-container-source-path", ".", "--output", output]
    run(["pyflyte", "--pkgs", "registered", "package", *flags], source, output.parent)
    with tarfile.open(output) as tar:
        files = [tar.extractfile(name).read() for name in tar.getnames() if name.endswith("_1.pb")]
    specs = [task_pb2.TaskSpec.FromString(content) for content in files]
    return {spec.template.id.name: spec for spec in specs}


def tasks(admin: FakeAdmin) -> dict[str, task_pb2.TaskCreateRequest]:
    return {request.id.name: request for request in admin.created if isinstance(request, TASK)}


def code(admin: FakeAdmin) -> Path:
    """Return the only file that was uploaded."""
    (file,) = admin.folder.rglob("*.tar.gz")
    return file


@pytest.mark.parametrize("command", COMMANDS)
def test_tasks_come_first_then_what_refers_to_them_all_with_one_version(command, admins):
    created = admins[command].created
    assert [type(request) for request in created] == CREATED[command]
    entities = [request.id for request in created if not isinstance(request, EXECUTION)]
    assert {(each.project, each.domain) for each in entities} == {("flights", "development")}
    (version,) = {each.version for each in entities}
    assert version
    assert all(request.spec.template.id == request.id for request in tasks(admins[command]).values())


@pytest.mark.parametrize("command", ["register", "run a workflow"])
def test_the_tasks_are_those_of_the_package_but_for_what_registering_fills_in(command, admins, packaged):
    received, place = tasks(admins[command]), str(code(admins[command]))
    assert received.keys() == packaged.keys()
    for name, request in received.items():
        text = json_format.MessageToJson(packaged[name]).replace("{{ .remote_package_path }}", place)
        filled_in = json_format.Parse(text, task_pb2.TaskSpec())
        filled_in.template.id.CopyFrom(request.id)
        assert request.spec == filled_in


@pytest.mark.parametrize("command", COMMANDS)
def test_the_code_is_uploaded_once_and_has_the_module_in_it(command, admins):
    file = code(admins[command])
    assert file.relative_to(admins[command].folder).parts[:2] == ("flights", "development")
    with tarfile.open(file) as tar:
        assert sorted(tar.getnames()) == UPLOADED[command]
        assert tar.extractfile("registered.py").read() == Path(registered.__file__).read_bytes()


@pytest.mark.parametrize("command", STARTED)
def test_the_execution_starts_what_was_registered_with_the_callers_inputs(command, admins):
    kind, n = STARTED[command]
    *entities, execution = admins[command].created
    (target,) = (request.id for request in entities if isinstance(request, kind))
    assert execution.spec.launch_plan == target
    assert (execution.project, execution.domain) == ("flights", "development")
    assert list(execution.inputs.literals) == ["n"]
    assert execution.inputs.literals["n"].scalar.primitive.integer == n


def test_a_registered_task_with_a_pod_template_runs_where_nothing_else_is(admins, tmp_path):
    template = tasks(admins["run a workflow"])["registered.in_pod"].spec.template
    containers = json_format.MessageToDict(template.k8s_pod.pod_spec)["containers"]
    (args,) = (each["args"] for each in containers if each["name"] == "main")
    assert start(args, tmp_path, 21, **{INDEX_VARIABLE: "0", COUNT_VARIABLE: "1"}) == 42


def test_a_forgotten_image_is_no_error_until_the_task_runs(admins):
    """Flyte is sent flytekit's own image, in which there is no plugin."""
    template = tasks(admins["run a task"])["registered.configured"].spec.template
    assert template.container.image == DefaultImages.default_image()
