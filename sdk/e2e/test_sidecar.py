"""Does the sidecar of `@improved_python_task` serve its task in a real pod, and end with it, however that ends?

The control plane is real; our node runs the containers, and plays the kubelet's order of starting and ending them.
What plays Flyte is devkit.plain_pod.
"""

from __future__ import annotations

import cases_sidecar
import pytest
from sidecar import improved
from waiting import until

from devkit import process
from devkit.plain_pod import PlainPod
from devkit.process import ChildError
from devkit.sidecar import SERVICE
from flyteconnector.flyte1 import RemoteTaskError, RemoteUserError


@pytest.fixture
def play(cluster, tmp_path):
    """Return a function that makes the pod of a task, for a with statement."""
    cluster.know({improved.IMAGE: SERVICE})
    return lambda task, **inputs: PlainPod(cluster, task, inputs, tmp_path)


def ended_in_order(pod) -> bool:
    """Whether the pod is over and nothing of it runs, and the sidecar was told to end and has ended by itself."""
    until(lambda: pod.object()["status"]["phase"] in ("Succeeded", "Failed"), "the pod is over")
    assert process.await_none(pod.processes, 5) == []
    return "lookup: told to end" in pod.log(improved.NAME)


def test_it_serves_the_task_and_ends_with_it(play):
    with play(cases_sidecar.name_of, airline="UA") as pod:
        assert pod.result() == "United Air Lines Inc."
        assert ended_in_order(pod)
        assert pod.log(improved.NAME).endswith("after 1 answers\n")
        assert pod.object()["status"]["phase"] == "Succeeded"
        started = pod.object()["status"]["initContainerStatuses"][0]
        assert started["restartCount"] == 0


@pytest.mark.parametrize(
    ("task", "inputs", "error", "phase"),
    [
        (cases_sidecar.name_of, {"airline": "XX"}, RemoteUserError, "Succeeded"),
        (cases_sidecar.die, {"code": 3}, RemoteTaskError, "Failed"),
        (cases_sidecar.die, {"code": 0}, RemoteTaskError, "Succeeded"),
    ],
    ids=["raises", "dies", "writes no output"],
)
def test_it_ends_with_a_task_that_fails(play, task, inputs, error, phase):
    with play(task, **inputs) as pod:
        with pytest.raises(error):
            pod.result()
        assert ended_in_order(pod)
        assert pod.object()["status"]["phase"] == phase


def test_an_abort_ends_it_and_leaves_nothing(play, cluster):
    with play(cases_sidecar.linger, seconds=600) as pod:
        until(lambda: "John F Kennedy Intl" in pod.log("primary"), "the task has asked")
        assert len({found.command for found in pod.processes()}) >= 2, "the task and its sidecar run"
        pod.abort()
        assert pod.object() is None
        assert process.await_none(pod.processes, 5) == []
        assert "lookup: told to end" in pod.log(improved.NAME)


def test_the_users_own_init_container_may_ask_it(play):
    with play(cases_sidecar.prepared, n=1) as pod:
        assert pod.result() == 2
        assert "John F Kennedy Intl" in pod.log("fetch")


def test_two_pods_at_once_have_a_sidecar_each(play):
    with play(cases_sidecar.name_of, airline="UA") as one, play(cases_sidecar.name_of, airline="AA") as other:
        assert [one.result(), other.result()] == ["United Air Lines Inc.", "American Airlines Inc."]
        assert ended_in_order(one)
        assert ended_in_order(other)


def test_the_task_waits_for_a_sidecar_that_is_not_there_yet(play, cluster):
    deaf = SERVICE | {"entrypoint": ["python", "-c", "import time; time.sleep(600)"]}
    pod = play(cases_sidecar.name_of, airline="UA")
    cluster.know({improved.IMAGE: deaf})
    with pod:
        pod.await_phase("INITIALIZING")
        with pytest.raises(ChildError, match="is INITIALIZING and not"):
            pod.await_end(seconds=4)
        [started] = pod.object()["status"]["initContainerStatuses"]
        assert "running" in started["state"]
        assert not pod.log("primary")
    assert process.await_none(pod.processes, 5) == []


def test_pod_security_has_nothing_against_the_sidecar(restricted, play):
    """The real admission of the API server; what it wants of the task's own container is the user's business."""
    with pytest.raises(ChildError, match='violates PodSecurity "restricted:latest"') as refused:
        play(cases_sidecar.name_of, airline="UA").__enter__()
    assert '"primary"' in str(refused.value)
    assert f'"{improved.NAME}"' not in str(refused.value)
    with play(cases_sidecar.hardened, airline="UA") as pod:
        assert pod.result() == "United Air Lines Inc."
