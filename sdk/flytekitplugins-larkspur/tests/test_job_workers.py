"""Does every worker know who it is, and does only worker 0 decide what the task returns?"""

from __future__ import annotations

import crowd
import pytest
from pod import Pod

from flytekitplugins.larkspur import worker


def test_outside_a_job_there_is_one_worker():
    assert (worker().index, worker().count) == (0, 1)


def test_in_process_every_worker_runs_and_the_first_ones_value_counts(monkeypatch):
    seen = []
    original = crowd.index_times.task_function
    monkeypatch.setattr(
        crowd.index_times, "_task_function", lambda n: seen.append(worker().index) or original(n)
    )
    assert crowd.index_times(n=7) == "0 of 4, 7"
    assert seen == [0, 1, 2, 3]
    assert worker().count == 1, "the last worker's identity outlived its run"


def test_in_process_any_workers_exception_is_the_callers():
    with pytest.raises(ValueError, match="worker 2 of 4 refuses -2"):
        crowd.index_times(n=-2)


def test_in_process_files_are_shared_within_one_run_only():
    assert crowd.sum_of_squares(n=0) == 0 + 1 + 4 + 9
    assert crowd.sum_of_squares(n=1) == 4 + 0 + 1 + 4 + 9


def test_what_is_not_there_cannot_be_shared(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"worker 0 cannot share .*missing.txt"):
        worker().share(tmp_path / "missing.txt")


def test_in_a_pod_only_worker_0_writes_outputs(tmp_path):
    pod = Pod(tmp_path, n=7)
    other = pod.run("index_times", index=1)
    assert (other.returncode, pod.outputs(), pod.error()) == (0, None, ""), other.stderr
    first = pod.run("index_times", index=0)
    assert (first.returncode, pod.outputs()) == (0, {"o0": "0 of 4, 7"}), first.stderr


def test_in_a_pod_a_workers_exception_becomes_the_tasks_error(tmp_path):
    pod = Pod(tmp_path, n=-1)
    assert pod.run("index_times", index=1).returncode == 1
    assert "ValueError: worker 1 of 4 refuses -1" in pod.error()


@pytest.mark.parametrize("task", ["forgiving", "first_decides"])
def test_in_a_pod_a_forgiven_worker_leaves_no_error_for_the_whole_task(task, tmp_path):
    pod = Pod(tmp_path, n=1)
    lost = pod.run(task, index=1)
    assert (lost.returncode, pod.error(), pod.outputs()) == (1, "", None)
    assert "ValueError: lost" in lost.stderr


def test_in_a_pod_the_worker_that_decides_does_leave_its_error(tmp_path):
    pod = Pod(tmp_path, n=1)
    assert pod.run("first_decides", index=0).returncode == 1
    assert "ValueError: lost" in pod.error()


def test_in_pods_all_workers_share_one_folder_that_is_not_uploaded_again(tmp_path):
    pod = Pod(tmp_path, n=1)
    for index in (1, 0):
        done = pod.run("share_squares", index)
        assert done.returncode == 0, done.stderr
    shared = tmp_path / "raw" / "shared"
    assert pod.outputs() == {"o0": str(shared)}
    assert {file.name: file.read_text() for file in shared.glob("*.txt")} == {"0.txt": "1", "1.txt": "2"}
    assert (shared / "folder-1" / "1.txt").read_text() == "2"
    assert [path.name for path in (tmp_path / "raw").iterdir()] == ["shared"]
