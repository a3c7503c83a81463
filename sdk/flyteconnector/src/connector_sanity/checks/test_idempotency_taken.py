"""I: what if the name of a task's resource is taken, by somebody else's or by one that is being deleted?"""

from __future__ import annotations

import threading
import time

import grpc
import pytest

from connector_sanity.begin import begin, copied, hold, unchanged
from connector_sanity.cluster import Cluster, until
from connector_sanity.engine import DEADLINE, Flyte, Task, code, phase
from connector_sanity.plugin import each_flyte
from connector_sanity.profile import TERMINAL, Json, Profile
from connector_sanity.refusal import refused
from connector_sanity.registry import check

FOREIGN = ("FAILED_PRECONDITION", "ALREADY_EXISTS")
LATER = ("UNAVAILABLE", "ABORTED", "DEADLINE_EXCEEDED")
OVER, CLOCKS = "CANCELLED", 0.1
"""What Python's client says where the server was the first to see that the time is up, and how many seconds earlier.
grpc-go, which the engines have, says DEADLINE_EXCEEDED (internal/transport/http2_client.go, handleRSTStream)."""


@check(
    "I4",
    "K",
    "B",
    "CreateTask when a resource with the name exists that the connector did not make",
    expects="FAILED_PRECONDITION, or an accepted task that FAILED; the other resource stays as it is",
    source="apache/airflow pull request 16290: 'already exists' alone made an operator take what others had made",
    fix="before you adopt, compare the label or annotation with the output prefix that you write on what you make",
)
@each_flyte
def test_a_foreign_resource(flyte: Flyte, cluster: Cluster) -> None:
    task, it = begin(flyte, cluster)
    gone(cluster, it)
    foreign = cluster.create(copied(it, mark=False))
    what = f"{cluster.kind.kind} {it['metadata']['name']} exists, and has nothing on it that the connector writes"
    refused(flyte, task.request, what, FOREIGN)
    for each in flyte.made:
        flyte.delete(each)
    time.sleep(0.2)  # what is done in the background
    unchanged(cluster, foreign)
    cluster.delete(foreign)


def gone(cluster: Cluster, it: Json) -> None:
    """Delete a resource, and return when its name is free."""
    cluster.delete(it)
    name = it["metadata"]["name"]
    until(lambda: cluster.find(name) is None, f"{name} is gone after it was deleted")


ENDING = check(
    "I5",
    "K",
    "B",
    "CreateTask when the resource with the name is being deleted",
    expects="it is not adopted: UNAVAILABLE, or a new resource as soon as the old one is gone",
    source="Kubernetes 1.36.3 answers 409 AlreadyExists 'object is being deleted' for either (measured)",
    fix="look at deletionTimestamp before you adopt; wait a little, then answer UNAVAILABLE",
)


@ENDING
def test_one_that_is_being_deleted(flyte: Flyte, cluster: Cluster) -> None:
    kept(flyte, cluster, 1)


@ENDING
@pytest.mark.slow
def test_it_says_so_in_time(flyte: Flyte, cluster: Cluster, profile: Profile) -> None:
    took, limit = kept(flyte, cluster, DEADLINE), profile.constants.deadline
    assert took < limit, f"CreateTask took {took:.1f} s; the profile's constants.deadline is {limit}"


def kept(flyte: Flyte, cluster: Cluster, timeout: float) -> float:
    """Create a task again while a finalizer keeps its resource, and once more afterwards; return the first's seconds.

    Raises AssertionError when the old resource is adopted.
    """
    task, it = begin(flyte, cluster)
    cluster.delete(hold(cluster, it))
    start = time.monotonic()
    again = tried(flyte, task, timeout)
    took = time.monotonic() - start
    if again:
        new(flyte, again, task)
    cluster.release(it)
    new(flyte, flyte.create(task.request), task)
    return took


@ENDING
def test_one_that_goes_meanwhile(flyte: Flyte, cluster: Cluster) -> None:
    task, it = begin(flyte, cluster)
    cluster.delete(hold(cluster, it))
    timer = threading.Timer(0.4, cluster.release, [it])
    timer.start()
    try:
        again = tried(flyte, task, DEADLINE)
    finally:
        timer.join()
    new(flyte, again or flyte.create(task.request), task)


def tried(flyte: Flyte, task: Task, timeout: float) -> Task | None:
    """Create a task again; None when it cannot be done now. Raises AssertionError for another reason."""
    start = time.monotonic()
    try:
        return flyte.create(task.request, timeout)
    except grpc.RpcError as error:
        refusal = error
    words = refusal.details()  # type: ignore[attr-defined]
    over = time.monotonic() - start > timeout - CLOCKS
    assert code(refusal) in LATER or (over and code(refusal) == OVER), (
        f"{code(refusal)} {words!r}; UNAVAILABLE would be right: it works a little later"
    )
    return None


def new(flyte: Flyte, again: Task, old: Task) -> None:
    """Raise AssertionError unless this is about another resource than the old one, which lives."""
    told = flyte.get(again)
    assert again.meta != old.meta, (
        "the resource that is being deleted was adopted: the answer is the same as before"
    )
    assert phase(told) not in TERMINAL, f"the new one is {phase(told)} ({told.message!r}) before it has begun"
