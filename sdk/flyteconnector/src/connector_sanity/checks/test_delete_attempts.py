"""D: does the next attempt end the one before that the engine has lost, and nothing else?"""

from __future__ import annotations

import time
from typing import Any

from connector_sanity.begin import begin, copied, ending, unchanged
from connector_sanity.cluster import Cluster, until
from connector_sanity.engine import Flyte, Task, phase
from connector_sanity.plugin import each_flyte
from connector_sanity.profile import TERMINAL, Json, Profile
from connector_sanity.registry import check

SETTLED = 0.3
"""Seconds after which what a create starts in the background is done."""

ATTEMPTS = check(
    "D6",
    "K",
    "B",
    "the next attempt is created while the one before lives, because its DeleteTask was lost",
    expects="the one before is gone within constants.reap, the next one lives, and nothing of another task is touched",
    source="Flyte 2 (2026-08), taskaction_controller.go: the error of an abort before a retry is only logged; "
    "flyteorg/flyte issue 202",
    fix="write on the resource a hash of TaskExecutionIdentifier without the attempt, and of the output prefix without "
    "its last segment; when retry_attempt > 0, delete by uid what has the same hash and a smaller attempt",
)


@ATTEMPTS
@each_flyte
def test_the_attempt_before(flyte: Flyte, cluster: Cluster, profile: Profile) -> None:
    execution = name(flyte)
    _, before = begin(flyte, cluster, case="a", execution=execution)
    canaries = [begin(flyte, cluster, request)[1] for request in others(flyte, execution)]
    canaries.append(
        cluster.create(copied(before, mark=False, name=f"sanity-{before['metadata']['uid'][:8]}"))
    )
    task, it = begin(flyte, cluster, case="a", attempt=1, execution=execution)
    until(
        lambda: ending(cluster, before),
        "the attempt before is gone, or being deleted",
        profile.constants.reap,
    )
    time.sleep(SETTLED)
    for canary in canaries:
        unchanged(cluster, canary)
    alive(flyte, cluster, task, it)
    cluster.delete(canaries[-1])


def name(flyte: Flyte) -> str:
    """Return the name of a new execution."""
    made = flyte.request().task_execution_metadata.task_execution_id.node_execution_id.execution_id
    return str(made.name)


def others(flyte: Flyte, execution: str) -> list[Any]:
    """Return tasks that look like an earlier attempt of the execution's node, and are none."""
    other_node = flyte.request(case="a", execution=execution, node="n1")
    sub_workflow = flyte.request(case="b", execution=execution)
    other_execution = within(flyte.request(case="a"), flyte.request(case="a", execution=execution), "7")
    no_number = within(*[flyte.request(case="a", execution=execution) for _ in range(2)], "task")
    return [other_node, sub_workflow, other_execution, no_number]


def within(request: Any, other: Any, last: str) -> Any:
    """Return a request whose output prefix is beside the other's."""
    request.output_prefix = other.output_prefix.rpartition("/")[0] + "/" + last
    return request


def alive(flyte: Flyte, cluster: Cluster, task: Task, it: Json) -> None:
    """Raise AssertionError unless a task lives."""
    told = flyte.get(task)
    assert not ending(cluster, it), f"{it['metadata']['name']} is gone, or being deleted, and was to live"
    assert phase(told) not in TERMINAL, (
        f"{it['metadata']['name']} is {phase(told)} ({told.message!r}), and was to live"
    )


@ATTEMPTS
@each_flyte
def test_a_create_that_comes_late(flyte: Flyte, cluster: Cluster) -> None:
    execution = name(flyte)
    task, it = begin(flyte, cluster, case="a", attempt=1, execution=execution)
    flyte.create(case="a", attempt=0, execution=execution)  # which the engine has given up
    time.sleep(SETTLED)
    alive(flyte, cluster, task, it)


@ATTEMPTS
@each_flyte
def test_tasks_of_a_local_run(flyte: Flyte, cluster: Cluster) -> None:
    execution = name(flyte)
    task, it = begin(flyte, cluster, case="a", execution=execution)
    second = within(flyte.request(case="a", execution=execution), task.request, "1")
    other, also = begin(flyte, cluster, second)  # both are a first attempt, so neither replaces the other
    time.sleep(SETTLED)
    alive(flyte, cluster, task, it)
    alive(flyte, cluster, other, also)
