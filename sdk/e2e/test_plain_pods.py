"""Do ordinary tasks run as plain pods on the local cluster, with Flyte's pod plugin played by ours?"""

from __future__ import annotations

import cases_plain
import pytest
from waiting import until

from devkit import process
from devkit.plain_pod import PlainPod
from devkit.process import ChildError
from flyteconnector.flyte1 import RemoteTaskError, RemoteUserError


@pytest.fixture
def play(cluster, tmp_path):
    """Return a function that makes the pod of a task, for a with statement."""
    return lambda task, **inputs: PlainPod(cluster, task, inputs, tmp_path)


def test_a_task_returns_what_its_function_returns(play, cluster):
    with play(cases_plain.divide, a=7, b=2) as pod:
        assert pod.result() == 3.5
        assert [phase.name for phase in pod.phases][-1] == "SUCCEEDED"
    assert pod.object() is None
    assert process.await_none(pod.processes, 5) == []


@pytest.mark.parametrize(
    ("task", "inputs", "words"),
    [
        (cases_plain.divide, {"a": 1, "b": 0}, "ZeroDivisionError: float division by zero|division by zero"),
        (cases_plain.refuse, {}, "ValueError: never on Thursdays"),
    ],
    ids=["with outputs", "without outputs"],
)
def test_the_users_exception_comes_back_though_the_pod_succeeds(play, task, inputs, words):
    with play(task, **inputs) as pod:
        assert pod.await_end().name == "SUCCEEDED", "flytekit ends with 0 unless it is told otherwise"
        with pytest.raises(RemoteUserError, match=words):
            pod.result()


def test_an_abort_deletes_the_pod_and_its_processes(play):
    with play(cases_plain.linger, seconds=600) as pod:
        until(lambda: "lingering" in pod.log(pod.name), "the task runs")
        assert pod.await_phase("RUNNING").name == "RUNNING"
        assert pod.processes()
        pod.abort()
        assert pod.phase().name == "RETRYABLE_FAILED", "for Flyte the pod is gone"
    assert process.await_none(pod.processes, 5) == []


def test_a_container_task_prints_its_input(play):
    with play(cases_plain.say, word="good morning") as pod:
        assert pod.result() is None
        assert pod.log(pod.name) == "good morning\n"


def test_a_pod_that_dies_says_how(play):
    word = "'); import os; os._exit(3); ('"
    with play(cases_plain.say, word=word) as pod, pytest.raises(RemoteTaskError, match="exit code 3"):
        pod.result()


def test_a_second_container_keeps_a_task_running_for_ever(play):
    with play(cases_plain.accompanied, n=1) as pod:
        until(
            lambda: pod.object()["status"]["containerStatuses"][1]["state"].get("terminated"), "the task ends"
        )
        with pytest.raises(ChildError, match="is RUNNING and not SUCCEEDED"):
            pod.await_end(seconds=3)


def test_unless_the_template_says_which_container_is_the_task(play):
    with play(cases_plain.led, n=1) as pod:
        assert pod.result() == 2
        assert pod.object()["status"]["phase"] == "Running", "what runs beside it goes on"
        assert pod.processes()
    assert process.await_none(pod.processes, 5) == []
