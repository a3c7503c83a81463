"""L: is every state of the operator told as what it is, and is a lost resource told as lost?"""

from __future__ import annotations

import secrets
import time
from typing import Any

from connector_sanity.begin import begin, copied, hold, unchanged
from connector_sanity.cluster import Cluster, until
from connector_sanity.engine import POLL, Flyte, Task, phase
from connector_sanity.operator import Operator
from connector_sanity.plugin import each_flyte
from connector_sanity.profile import TERMINAL, Profile
from connector_sanity.registry import check, needs

STABLE = 0.25
"""Seconds in which an answer must not change."""

TABLE = check(
    "L1",
    "K",
    "B",
    "each state of the operator, one that nobody knows, and none",
    expects="the phase that the profile names; what is unknown or empty is not an end, and has a message",
    source="Flyte 1.16.8, flyteplugins/go/tasks/plugins/webapi/connector/plugin.go: neither phase nor state is a "
    "retryable failure; Flyte 2 fails for good after four UNDEFINED, and the resource runs on (measured)",
    fix="write the whole table of states; what is not in it is RUNNING with a message, and a warning in your log",
)


@TABLE
@each_flyte
def test_each_state(flyte: Flyte, cluster: Cluster, operator: Operator, profile: Profile, state: str) -> None:
    wanted = profile.states[state]
    task, it = begin(flyte, cluster)
    operator.play(it, state)
    flyte.wait(task, wanted.phase, 5)
    end = time.monotonic() + 3
    while wanted.says not in words(told := flyte.get(task)) or phase(told) not in wanted.phase:
        assert time.monotonic() < end, (
            f"{state} is {phase(told)} {words(told)!r}; {' or '.join(wanted.phase)} with {wanted.says!r} would be right"
        )
        time.sleep(POLL)


def words(told: Any) -> str:
    """Return all that a user reads about a task."""
    return "\n".join([told.message, *(f"{link.name} {link.uri}" for link in told.log_links)])


@TABLE
@each_flyte
def test_no_status_yet(flyte: Flyte, cluster: Cluster) -> None:
    task, it = begin(flyte, cluster)
    lives(flyte, task, f"{it['metadata']['name']} has no status yet")


@TABLE
@each_flyte
def test_a_state_that_nobody_knows(
    flyte: Flyte, cluster: Cluster, operator: Operator, profile: Profile
) -> None:
    needs(profile.unknown is not None, "profile has no `unknown`: no text of the status is a state")
    task, it = begin(flyte, cluster)
    word = f"Sanity{secrets.token_hex(3)}"
    status = replaced(profile.unknown, word)
    operator.write(it, status)
    lives(
        flyte, task, f"{it['metadata']['name']} is in the state {word!r}, which no operator of today reports"
    )


def replaced(value: Any, word: str) -> Any:
    """Return a copy whose "{random}" is the word."""
    if isinstance(value, dict):
        return {key: replaced(inner, word) for key, inner in value.items()}
    if isinstance(value, list):
        return [replaced(inner, word) for inner in value]
    return value.replace("{random}", word) if isinstance(value, str) else value


def lives(flyte: Flyte, task: Task, what: str) -> None:
    """Raise AssertionError unless GetTask keeps saying that the task goes on, and why it does not get further."""
    until(lambda: flyte.get(task).message, f"{what}, and GetTask has a message that says so", 3)
    end = time.monotonic() + STABLE
    while time.monotonic() < end:
        told = flyte.get(task)
        assert phase(told) not in (*TERMINAL, "UNDEFINED"), (
            f"{what}, and GetTask says {phase(told)} {told.message!r}"
        )
        assert told.message, f"{what}, and GetTask says {phase(told)} without a message"
        time.sleep(POLL)


LOST = check(
    "L3",
    "K",
    "B",
    "the resource is deleted behind the engine's back, or marked and kept by a finalizer",
    expects="RETRYABLE_FAILED with a message; never a gRPC error",
    source="Flyte 1.16.8's own plugins say ResourceDeletedExternally and UnexpectedObjectDeletion (nodes/task/k8s/"
    "plugin_manager.go); a task survives five GetTask errors in its whole life, flyteorg/flyte issues 5272, 2843",
    fix="answer NotFound of the API server, another uid and a deletionTimestamp with RETRYABLE_FAILED and the reason",
)


@LOST
@each_flyte
def test_deleted_by_somebody(flyte: Flyte, cluster: Cluster, operator: Operator) -> None:
    task, it = begin(flyte, cluster)
    operator.play(it, "running")
    flyte.get(task)
    cluster.delete(it)
    lost(flyte, task, "was deleted by somebody")


@LOST
@each_flyte
def test_being_deleted_by_somebody(flyte: Flyte, cluster: Cluster, operator: Operator) -> None:
    task, it = begin(flyte, cluster)
    operator.play(it, "running")
    cluster.delete(hold(cluster, it))
    lost(flyte, task, "is being deleted by somebody")
    cluster.release(it)


def lost(flyte: Flyte, task: Task, what: str) -> None:
    """Raise AssertionError unless GetTask says RETRYABLE_FAILED with words, and goes on saying so."""
    told = flyte.wait(task, ["RETRYABLE_FAILED"], 5)
    assert told.message, f"the resource {what}, and GetTask says RETRYABLE_FAILED without a word"
    end = time.monotonic() + STABLE
    while time.monotonic() < end:
        told = flyte.get(task)
        assert phase(told) == "RETRYABLE_FAILED", (
            f"the resource {what}, and after RETRYABLE_FAILED comes {phase(told)}"
        )
        time.sleep(POLL)


@check(
    "L4",
    "K",
    "B",
    "the resource is deleted, and created again by hand under the same name",
    expects="RETRYABLE_FAILED; the new one, which has another uid, stays as it is",
    source="Kubernetes: a name says nothing about identity, metadata.uid does; flyteorg/flyte issue 2843",
    fix="keep the uid in resource_meta, and compare it whenever you look",
)
@each_flyte
def test_another_with_the_name(flyte: Flyte, cluster: Cluster, operator: Operator) -> None:
    task, it = begin(flyte, cluster)
    operator.play(it, "running")
    flyte.wait(task, ["RUNNING"])
    cluster.delete(it)
    until(lambda: cluster.find(it["metadata"]["name"]) is None, "the resource is gone after it was deleted")
    other = cluster.create(copied(it))
    lost(flyte, task, "was replaced by another with its name")
    unchanged(cluster, other)
    cluster.delete(other)
