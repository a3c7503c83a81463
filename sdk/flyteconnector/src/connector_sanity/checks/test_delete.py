"""D: does DeleteTask end the task, only the task, and always well?"""

from __future__ import annotations

import time
from collections.abc import Iterator

import grpc
import pytest
from kubernetes.dynamic.exceptions import NotFoundError

from connector_sanity.begin import begin, copied, ending, hold, unchanged
from connector_sanity.cluster import Cluster, until
from connector_sanity.engine import Flyte, Task, code
from connector_sanity.operator import Operator, filled
from connector_sanity.plugin import each_flyte
from connector_sanity.profile import TERMINAL, Json, Profile
from connector_sanity.registry import check, needs

GONE = 5.0
"""Seconds until the resource has to be gone, or marked as being deleted."""
PROMPT = 2.0
"""Seconds that a DeleteTask may take: the engine has others to abort, and gives a call 10 s."""


def deleted(flyte: Flyte, task: Task, what: str, times: int = 1) -> None:
    """Send DeleteTask; raises AssertionError when it is refused, or takes long."""
    for number in range(times):
        start, refusal = time.monotonic(), None
        try:
            flyte.delete(task)
        except grpc.RpcError as error:
            refusal = error
        took = time.monotonic() - start
        if refusal is not None:
            pytest.fail(
                f"{what}, DeleteTask {number + 1}: {code(refusal)} {refusal.details()!r}; OK would be right"
            )
        assert took < PROMPT, (
            f"{what}, DeleteTask {number + 1} took {took:.1f} s; it has to order, and not to wait"
        )


@check(
    "D1",
    "K",
    "B",
    "DeleteTask, ten times, while the task runs; then GetTask",
    expects="OK each time, the resource is gone or marked within 5 s, its pods go with it, and GetTask says an end",
    source="flyteorg/flyte pull request 5235: polls after an abort do happen; flyteplugins/…/webapi/plugin.go, Delete: "
    "'If the resource has already been deleted, the API should not fail'",
    fix="delete with a propagation policy, and the uid as a precondition; NotFound and Conflict are OK; a missing "
    "resource is RETRYABLE_FAILED",
)
@each_flyte
def test_ten_times(flyte: Flyte, cluster: Cluster, operator: Operator) -> None:
    task, it = begin(flyte, cluster)
    operator.play(it, "running")
    deleted(flyte, task, "a task that runs", 10)
    until(
        lambda: ending(cluster, it),
        f"{it['metadata']['name']} is gone, or being deleted, after DeleteTask",
        GONE,
    )
    until(
        lambda: not left(cluster, it, operator.profile),
        "its pod goes with it, and does not run on alone",
        GONE,
    )
    flyte.wait(task, TERMINAL, 5)


def left(cluster: Cluster, it: Json, profile: Profile) -> bool:
    """Return whether the resource's pod runs on: it is not being deleted, and the resource does not wait for it."""
    if profile.pods is None:
        return False
    try:
        pod = (
            cluster.of("v1", "Pod")
            .get(name=filled(profile.pods.name, it), namespace=cluster.namespace)
            .to_dict()
        )
    except NotFoundError:
        return False
    owner = cluster.find(it["metadata"]["name"]) or {"metadata": {}}
    waits = "foregroundDeletion" in (owner["metadata"].get("finalizers") or [])
    return not waits and not pod["metadata"].get("deletionTimestamp")


NOTHING = check(
    "D2",
    "K",
    "B",
    "DeleteTask for a task that has finished, for one that is gone, and for one that never was",
    expects="OK",
    source="Flyte 2 (2026-08), handleAbortAndFinalize: any error keeps the TaskAction's finalizer, for ever; it "
    "deletes finished tasks, too",
    fix="NotFound is OK; a refused task has nothing to delete; do not look at the phase",
)


@NOTHING
@pytest.mark.parametrize("end", ["succeeded", "failed"])
@each_flyte
def test_finished(flyte: Flyte, cluster: Cluster, operator: Operator, profile: Profile, end: str) -> None:
    task, it = begin(flyte, cluster)
    operator.play(it, end)
    flyte.wait(task, profile.states[end].phase)
    deleted(flyte, task, f"a task that has {end}")
    until(
        lambda: ending(cluster, it),
        f"what has {end} is gone, or being deleted, after DeleteTask",
        GONE,
    )
    until(lambda: cluster.find(it["metadata"]["name"]) is None, f"{it['metadata']['name']} is gone", 10)
    deleted(flyte, task, "a task that was deleted")


@NOTHING
@each_flyte
def test_gone(flyte: Flyte, cluster: Cluster) -> None:
    task, it = begin(flyte, cluster)
    cluster.delete(it)
    deleted(flyte, task, "a task that somebody else has deleted")


@NOTHING
@each_flyte
def test_refused(flyte: Flyte, profile: Profile) -> None:
    needs(
        profile.refusals == "deferred" and profile.invalid,
        "profile says that what cannot run is refused by CreateTask, so nothing can be deleted",
    )
    deleted(flyte, flyte.create(template=profile.invalid[0].template), "a task that was refused")


@pytest.fixture
def held(flyte: Flyte, cluster: Cluster, operator: Operator) -> Iterator[tuple[Task, Json]]:
    """Yield a running task whose resource a finalizer keeps."""
    task, it = begin(flyte, cluster)
    operator.play(it, "running")
    flyte.wait(task, ["RUNNING"])
    it = hold(cluster, it)
    yield task, it
    cluster.release(it)


@check(
    "D3",
    "K",
    "M",
    "DeleteTask when a finalizer keeps the resource",
    expects="OK at once, and GetTask says an end although the resource is still there",
    source="flyteorg/flyte issues 2262, 2533: an abort that waits for a finalizer blocks the engine's worker",
    fix="do not wait until the resource is gone; a resource with a deletionTimestamp is over for the engine",
)
@each_flyte
def test_kept_by_a_finalizer(flyte: Flyte, cluster: Cluster, held: tuple[Task, Json]) -> None:
    task, it = held
    deleted(flyte, task, "a task whose resource a finalizer keeps", 2)
    until(lambda: ending(cluster, it), f"{it['metadata']['name']} is marked as being deleted", GONE)
    flyte.wait(task, TERMINAL, 5)


@check(
    "D4",
    "K",
    "B",
    "DeleteTask when another resource has the name",
    expects="OK; the other one stays as it is",
    source="Kubernetes 1.36.3 answers 409 to a DELETE with another uid as a precondition (measured)",
    fix="send preconditions.uid with each DELETE, and take the Conflict for OK",
)
@each_flyte
def test_another_with_the_name(flyte: Flyte, cluster: Cluster) -> None:
    task, it = begin(flyte, cluster)
    cluster.delete(it)
    until(lambda: cluster.find(it["metadata"]["name"]) is None, "the resource is gone after it was deleted")
    other = cluster.create(copied(it))
    deleted(flyte, task, "another resource has the name", 2)
    time.sleep(0.2)  # what is done in the background
    unchanged(cluster, other)
    cluster.delete(other)
