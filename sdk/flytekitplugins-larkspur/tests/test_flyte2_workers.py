"""Does every worker of a task of Flyte 2 know who it is, and does only worker 0 decide what the task returns?"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import crowd2
import flyte
import pytest
from flyteidl2.core import execution_pb2
from flyteidl2.task import common_pb2
from paths import python_path

from flyteplugins.larkspur import worker
from larkspur_spec.names import COUNT_VARIABLE, INDEX_VARIABLE

COMMAND = str(Path(sys.executable).with_name("flyteconnector-a0"))


@pytest.fixture
def run(tmp_path):
    """Return a function that runs a task in this process, and returns its value."""

    name = f"test-{uuid.uuid4()}"

    def run(task, n: int):
        context = flyte.with_runcontext(mode="local", raw_data_path=str(tmp_path / "raw"), name=name)
        return context.run(task, n=n).outputs()[0]

    yield run
    shutil.rmtree(
        Path("/tmp/flyte/metadata") / name, ignore_errors=True
    )  # the SDK's place, whatever TMPDIR says


def test_outside_a_job_there_is_one_worker():
    assert (worker().index, worker().count) == (0, 1)


@pytest.mark.parametrize("task", [crowd2.index_times, crowd2.index_of], ids=lambda task: task.name)
def test_in_process_every_worker_runs_and_the_first_ones_value_counts(task, run, monkeypatch):
    seen, original = [], crowd2.worker
    monkeypatch.setattr(crowd2, "worker", lambda: (seen.append(original().index), original())[1])
    assert run(task, 7) == "0 of 4, 7"
    assert sorted(set(seen)) == [0, 1, 2, 3]
    assert worker().count == 1, "the last worker's identity outlived its run"


def test_in_process_any_workers_exception_is_the_callers(run):
    with pytest.raises(flyte.errors.RuntimeUserError, match="worker 2 of 4 refuses -2"):
        run(crowd2.index_times, -2)


def test_in_process_files_are_shared_within_one_task_only(run):
    assert run(crowd2.sums_of_squares, 0) == [0 + 1 + 4 + 9, 0 + 1 + 4 + 9, 4 + 0 + 1 + 4 + 9]


def test_what_is_not_there_cannot_be_shared(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"worker 0 cannot share .*missing.txt"):
        worker().share(tmp_path / "missing.txt")


class Pod:
    """Runs ``flyteconnector-a0`` as a worker's pod would, with inputs and outputs in a folder."""

    def __init__(self, folder: Path, n: int) -> None:
        self.folder = folder
        inputs = common_pb2.Inputs()
        inputs.literals.add(name="n").value.scalar.primitive.integer = n
        (folder / "inputs.pb").write_bytes(inputs.SerializeToString())

    def run(self, task: str, index: int) -> subprocess.CompletedProcess[str]:
        env = {
            **os.environ,
            "PYTHONPATH": python_path(Path(crowd2.__file__).parent),
            "DO_NOT_TRACK": "1",
            "FLYTECONNECTOR_TERMINATION_LOG": str(self.folder / "words"),
            INDEX_VARIABLE: str(index),
            COUNT_VARIABLE: "4",
            "FLYTECONNECTOR_ENDPOINT": "127.0.0.1:1",  # must not matter inside the container
        }
        here = str(self.folder)
        where = ["--inputs", f"{here}/inputs.pb", "--outputs-path", here, "--raw-data-path", f"{here}/raw"]
        who = {"version": "v1", "run-name": "r", "name": "a", "project": "p", "domain": "d", "org": "o"}
        who |= {"run-base-dir": here, "resolver": "flyte._internal.resolvers.default.DefaultTaskResolver"}
        options = [f"--{name}={value}" for name, value in who.items()]
        command = [COMMAND, *where, *options, "mod", "crowd2", "instance", task]
        return subprocess.run(command, env=env, cwd=here, capture_output=True, text=True, timeout=120)

    def output(self) -> str | None:
        file = self.folder / "outputs.pb"
        if not file.exists():
            return None
        (value,) = common_pb2.Outputs.FromString(file.read_bytes()).literals
        return value.value.scalar.primitive.string_value or value.value.scalar.blob.uri

    def error(self) -> str:
        file = self.folder / "error.pb"
        return (
            execution_pb2.ErrorDocument.FromString(file.read_bytes()).error.message if file.exists() else ""
        )


@pytest.mark.parametrize("task", ["index_times", "index_of"])
def test_in_a_pod_only_worker_0_writes_outputs(task, tmp_path):
    pod = Pod(tmp_path, n=7)
    other = pod.run(task, index=1)
    assert (other.returncode, pod.output(), pod.error()) == (0, None, ""), other.stderr
    assert "worker 1 of 4: the task's outputs are those of worker 0" in other.stdout
    first = pod.run(task, index=0)
    assert (first.returncode, pod.output()) == (0, "0 of 4, 7"), first.stderr


def test_in_a_pod_a_workers_exception_becomes_the_tasks_error(tmp_path):
    pod = Pod(tmp_path, n=-1)
    assert pod.run("index_times", index=1).returncode == 1
    assert pod.error() == "worker 1 of 4 refuses -1"


@pytest.mark.parametrize("task", ["forgiving", "first_decides"])
def test_in_a_pod_a_forgiven_worker_leaves_no_error_for_the_whole_task(task, tmp_path):
    pod = Pod(tmp_path, n=1)
    lost = pod.run(task, index=1)
    assert (lost.returncode, pod.error(), pod.output()) == (1, "", None)
    assert "ValueError: lost" in lost.stderr


def test_in_a_pod_the_worker_that_decides_does_leave_its_error(tmp_path):
    pod = Pod(tmp_path, n=1)
    assert pod.run("first_decides", index=0).returncode == 1
    assert pod.error() == "lost"


def test_in_pods_all_workers_share_one_folder_that_is_not_uploaded_again(tmp_path):
    pod = Pod(tmp_path, n=1)
    for index in (1, 0):
        done = pod.run("share_squares", index)
        assert done.returncode == 0, done.stderr
    shared = tmp_path / "raw" / "shared"
    assert pod.output() == str(shared)
    assert {file.name: file.read_text() for file in shared.glob("*.txt")} == {"0.txt": "1", "1.txt": "2"}
    assert (shared / "folder-1" / "1.txt").read_text() == "2"
    assert [path.name for path in (tmp_path / "raw").iterdir()] == ["shared"]
