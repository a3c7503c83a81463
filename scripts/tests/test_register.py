"""What does `make register` send? The real pyflyte talks to a FlyteAdmin that is played: no Flyte took part."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from flyteidl.admin import launch_plan_pb2, task_pb2, workflow_pb2

from devkit import packages, register
from devkit.toolchain import ROOT

sys.path.append(str(ROOT / "sdk/flytekitplugins-larkspur/tests"))
from fake_admin import FakeAdmin

IMAGE = "registry.example.com/larkspur/task:0.1.0"


@pytest.fixture(scope="module")
def admins(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FakeAdmin]:
    """What the command has sent with each `--code`, to a FlyteAdmin of its own."""
    return {code: registered(tmp_path_factory.mktemp(code), "--code", code) for code in ("upload", "image")}


def registered(folder: Path, *words: str) -> FakeAdmin:
    with FakeAdmin(folder) as admin:
        (folder / "home").mkdir()
        endpoint = admin.config().read_text().split()[2]
        command = [sys.executable, "-m", "devkit.register", "--endpoint", endpoint, "--insecure", *words]
        env = os.environ | {
            "HOME": str(folder / "home"),
            "FLYTE_PLATFORM_URL": "127.0.0.1:1",
        }  # of other work
        command += ["--image", IMAGE, "--project", "flights"]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return admin


def tasks(admin: FakeAdmin) -> dict[str, task_pb2.TaskCreateRequest]:
    return {each.id.name: each for each in admin.created if isinstance(each, task_pb2.TaskCreateRequest)}


@pytest.mark.parametrize("code", ["upload", "image"])
def test_the_example_is_registered_with_the_image_that_was_named(code: str, admins: dict[str, FakeAdmin]):
    admin = admins[code]
    found = tasks(admin)
    assert {name: each.spec.template.type for name, each in found.items()} == {
        "workflow.add_up": "larkspur_job",
        "workflow.compare": "python-task",
    }
    assert {each.spec.template.container.image for each in found.values()} == {IMAGE}
    others = [type(each) for each in admin.created if each.id.name == "workflow.slowest_airlines"]
    assert others == [workflow_pb2.WorkflowCreateRequest, launch_plan_pb2.LaunchPlanCreateRequest]
    assert {(each.id.project, each.id.domain) for each in admin.created} == {("flights", "development")}


def test_uploaded_code_is_the_workflow_and_the_container_unpacks_it(admins: dict[str, FakeAdmin]):
    admin = admins["upload"]
    (file,) = admin.folder.rglob("*.tar.gz")
    with tarfile.open(file) as tar:
        assert tar.getnames() == ["workflow.py"]
    args = tasks(admin)["workflow.add_up"].spec.template.container.args
    assert args[:5] == ["pyflyte-fast-execute", "--additional-distribution", str(file), "--dest-dir", "."]


def test_code_in_the_image_is_not_uploaded_and_has_the_packages_version(admins: dict[str, FakeAdmin]):
    admin = admins["image"]
    assert list(admin.folder.rglob("*.tar.gz")) == []
    assert {each.id.version for each in admin.created} == {packages.version()}
    assert tasks(admin)["workflow.add_up"].spec.template.container.args[0] == "pyflyte-execute"


def test_a_flyte_that_does_not_answer_is_an_error(tmp_path: Path):
    command = [
        sys.executable,
        "-m",
        "devkit.register",
        "--endpoint",
        "127.0.0.1:1",
        "--insecure",
        "--image",
        IMAGE,
    ]
    done = subprocess.run(
        command, env=os.environ | {"HOME": str(tmp_path)}, capture_output=True, text=True, timeout=250
    )
    assert done.returncode == 1
    assert "register: pyflyte ended with 1; nothing answers at 127.0.0.1:1 (" in done.stderr


def test_where_something_answers_pyflytes_own_words_count():
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
        assert register.reason(place) == register.reason(None) == "what it printed says why"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--image", IMAGE], "one of the arguments --endpoint --config is required"),
        (["--endpoint", "localhost:30080"], "the following arguments are required: --image"),
        (["--endpoint", "localhost", "--image", IMAGE], "'localhost': want host:port"),
        (["--endpoint", "a:1", "--image", "task"], "'task': want registry, name, and tag or digest"),
        (["--config", "/nowhere.yaml", "--image", IMAGE], "--config /nowhere.yaml: there is no such file"),
        (
            ["--endpoint", "a:1", "--image", IMAGE, "--workflow", "x.py"],
            "--workflow x.py: there is no such file",
        ),
        (["--config", __file__, "--insecure", "--image", IMAGE], "--insecure belongs to --endpoint"),
    ],
)
def test_a_wrong_word_is_named(words: list[str], said: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        register.main(words)
    assert said in capsys.readouterr().err
