"""L: when a pod cannot start, or dies, does the user read why, and is the next attempt made where it helps?"""

from __future__ import annotations

import time
from typing import Any

from connector_sanity.begin import begin
from connector_sanity.cluster import Cluster
from connector_sanity.engine import POLL, Flyte, phase
from connector_sanity.operator import Operator, filled
from connector_sanity.plugin import each_flyte
from connector_sanity.profile import TERMINAL, Json, Profile
from connector_sanity.registry import check, needs

PATIENCE, HEARD = 5.0, 0.5
"""Seconds until a connector has to say, and until it has heard, what was done to a pod."""

REASONS = check(
    "L8",
    "K",
    "M",
    "the task's pod is OOMKilled, Evicted, preempted, cannot pull its image, fits on no node, or is refused",
    expects="the message has the reason, the pod and the container; after an eviction or a preemption RETRYABLE_FAILED",
    source="flyteorg/flyte issues 3462, 352, 7987 (an OOM read as 'outputs.pb not found'), 5210, 6465; most operators "
    "say only that a pod has failed",
    fix="list the resource's pods; read containerStatuses, conditions and status.reason",
)
PULL = 'Back-off pulling image "none:1"'
NODES = "0/3 nodes are available: 3 Insufficient memory."
LOW = "The node was low on resource: memory."
OTHER = "Preempted in order to admit critical pod"


def container(name: str, state: Json, **more: Any) -> list[Json]:
    """Return containerStatuses with one container."""
    about = {"name": name, "image": "none:1", "imageID": "", "ready": False, "restartCount": 0}
    return [about | {"state": state} | more]


def killed(reason: str, code: int) -> Json:
    """Return the state of a container that was ended so."""
    times = {"startedAt": "{created}", "finishedAt": "{now}"}
    return {"terminated": {"reason": reason, "exitCode": code, **times}}


def deaths(name: str) -> dict[str, tuple[Json, list[str], bool]]:
    """Return, for each way to die, the pod's status, what has to be read, and whether another attempt would help."""
    gone = {"type": "DisruptionTarget", "status": "True", "reason": "PreemptionByScheduler", "message": OTHER}
    return {
        "OOMKilled": (
            {"phase": "Failed", "containerStatuses": container(name, killed("OOMKilled", 137))},
            ["OOMKilled", name],
            False,
        ),
        "Evicted": ({"phase": "Failed", "reason": "Evicted", "message": LOW}, ["Evicted", LOW], True),
        "preempted": (
            {
                "phase": "Failed",
                "conditions": [gone],
                "containerStatuses": container(name, killed("Error", 143)),
            },
            ["Preempt"],
            True,
        ),
    }


@REASONS
@each_flyte
def test_pods_that_die(flyte: Flyte, cluster: Cluster, operator: Operator, profile: Profile) -> None:
    needs(profile.pods is not None, "profile has no `pods`")
    assert profile.pods is not None
    begun = []
    for way, (status, wanted, again) in deaths(profile.pods.container).items():
        task, it = begin(flyte, cluster)
        operator.play(it, "running")
        flyte.wait(task, ["RUNNING"])
        pod = operator.pod(it, status)
        operator.write(it, profile.states["failed"].status)
        begun.append((way, task, [*wanted, pod["metadata"]["name"]], again))
    time.sleep(HEARD)  # nobody asks meanwhile; the engine does so every 10 s or 30 s
    for way, task, wanted, again in begun:
        told = flyte.wait(task, [each for each in TERMINAL if each != "SUCCEEDED"], PATIENCE)
        for word in wanted:
            assert word in told.message, (
                f"a pod was {way}; {word!r} is missing in the message {told.message!r}"
            )
        if again:
            assert phase(told) == "RETRYABLE_FAILED", (
                f"a pod was {way}: not its fault, and the task is {phase(told)}"
            )


@REASONS
@each_flyte
def test_an_image_that_cannot_be_pulled(
    flyte: Flyte, cluster: Cluster, operator: Operator, profile: Profile
) -> None:
    needs(profile.pods is not None, "profile has no `pods`")
    assert profile.pods is not None
    name = profile.pods.container
    waiting = {"waiting": {"reason": "ImagePullBackOff", "message": PULL}}
    status = {"phase": "Pending", "containerStatuses": container(name, waiting)}
    told = stuck(flyte, cluster, operator, status, ["ImagePullBackOff", "{name}", name])
    assert phase(told) not in ("SUCCEEDED", "RUNNING"), f"no pod runs, and GetTask says {phase(told)}"


@REASONS
@each_flyte
def test_a_pod_that_fits_on_no_node(
    flyte: Flyte, cluster: Cluster, operator: Operator, profile: Profile
) -> None:
    needs(profile.pods is not None, "profile has no `pods`")
    waits = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": NODES}
    told = stuck(flyte, cluster, operator, {"phase": "Pending", "conditions": [waits]}, [NODES, "{name}"])
    assert phase(told) not in (*TERMINAL, "RUNNING"), f"a node may come, and GetTask says {phase(told)}"


def stuck(flyte: Flyte, cluster: Cluster, operator: Operator, status: Json, wanted: list[str]) -> Any:
    """Return what GetTask says about a task whose pod is in this state, with all these words; "{name}" is the pod's."""
    pods = operator.profile.pods
    assert pods is not None
    task, it = begin(flyte, cluster)
    operator.play(it, pods.starting)
    return spoken(flyte, task, filled(wanted, operator.pod(it, status)))


def spoken(flyte: Flyte, task: Any, wanted: list[str]) -> Any:
    """Return the first answer of GetTask whose message has all these words; raises AssertionError when none comes."""
    end = time.monotonic() + PATIENCE
    while missing := [word for word in wanted if word not in (told := flyte.get(task)).message]:
        assert time.monotonic() < end, (
            f"{missing[0]!r} is missing in the message {told.message!r} ({phase(told)})"
        )
        time.sleep(POLL)
    return told


@REASONS
@each_flyte
def test_pods_that_are_refused(flyte: Flyte, cluster: Cluster, operator: Operator, profile: Profile) -> None:
    needs(
        profile.events,
        "profile says that the connector does not read events, and nothing else tells of refused pods",
    )
    task, it = begin(flyte, cluster)
    operator.play(it, "submitted")
    refusal = f'pods "{it["metadata"]["name"]}-0" is forbidden: violates PodSecurity "restricted:latest"'
    cluster.create(event(it, refusal))
    told = spoken(flyte, task, [refusal])
    assert phase(told) not in TERMINAL, f"the operator goes on trying, and GetTask says {phase(told)}"


def event(it: Json, message: str) -> Json:
    """Return the warning of an operator whose pods the API server refuses."""
    about = it["metadata"]
    who = {"apiVersion": it["apiVersion"], "kind": it["kind"]} | {
        key: about[key] for key in ("name", "namespace", "uid")
    }
    when = filled("{now}", it)
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"generateName": "connector-sanity-"},
        "involvedObject": who,
        "type": "Warning",
        "reason": "FailedCreate",
        "message": message,
        "firstTimestamp": when,
        "lastTimestamp": when,
        "count": 1,
        "source": {"component": "connector-sanity"},
    }
