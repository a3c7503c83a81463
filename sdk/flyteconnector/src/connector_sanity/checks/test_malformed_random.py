"""M7: does the connector live through requests that went wrong on their way?"""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import grpc
import pytest

from connector_sanity.engine import Flyte, Task, code
from connector_sanity.memory import resident
from connector_sanity.mutate import mutated
from connector_sanity.plugin import each_flyte
from connector_sanity.registry import check
from connector_sanity.rendering import rendered
from connector_sanity.target import Target

SEED = 20260822
SOME, MANY = 250, 5000
"""Requests for each Flyte; the second with --slow."""
AT_ONCE = 8
ROOM = 64 << 20
"""Bytes by which the process may grow, beside half of what it has."""
BROKEN = ("INTERNAL", "UNKNOWN", "DATA_LOSS", "UNAVAILABLE", "DEADLINE_EXCEEDED")
M7 = {
    "id": "M7",
    "severity": "M",
    "title": "hundreds of valid requests (--slow: thousands), each changed at random: fields cleared, at an end "
    "of their type, "
    "bytes replaced",
    "expects": "an answer or a refusal each: no crash, no INTERNAL, and no more memory than before",
    "source": "Flyte 1.16.8 and 2: an INTERNAL costs the user a retry as any error does, and a crash costs "
    "every task that runs",
    "fix": "validate what was decoded before it is used; find the request of the message below, and make a test of it",
}


def requests(flyte: Flyte, task: Task, random: Random) -> Any:
    """Yield ``(method, request)`` without end."""
    messages = flyte.dialect.messages
    category = flyte.category()
    get = messages.GetTaskRequest(resource_meta=task.meta, task_category=category, output_prefix=task.prefix)
    other = messages.DeleteTaskRequest(resource_meta=task.meta, task_category=category)
    create = rendered(task.request)
    for method, valid in itertools.cycle((("CreateTask", create), ("GetTask", get), ("DeleteTask", other))):
        yield method, mutated(random, valid)


def send(flyte: Flyte, method: str, request: Any) -> str:
    """Send a request; return a sentence when the connector broke, "" else."""
    try:
        answer = getattr(flyte.stub, method)(request, timeout=10)
    except grpc.RpcError as error:
        words = str(error.details())[:200]  # type: ignore[attr-defined]
        return f"{code(error)} {words!r} for {method} {request!s:.1500}" if code(error) in BROKEN else ""
    if method == "CreateTask":
        flyte.made.append(Task(request, bytes(answer.resource_meta)))
    return ""


def storm(flyte: Flyte, count: int) -> None:
    """Send so many; raise AssertionError with the first one that broke the connector, and how many did."""
    task = flyte.create()
    chosen = itertools.islice(requests(flyte, task, Random(SEED)), count)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        broke = [text for text in pool.map(lambda each: send(flyte, *each), chosen) if text]
    assert not broke, (
        f"{flyte}, seed {SEED}: {len(broke)} of {count} requests broke the connector; the first: {broke[0]}"
    )
    flyte.create()  # it still works


def steady(flyte: Flyte, target: Target, count: int) -> None:
    """Send so many, and look at the process' memory where the kit has started it."""
    pid = target.launched.pid if target.launched else None
    before = resident(pid) if pid is not None else None
    storm(flyte, count)
    if pid is not None and before is not None:
        after = resident(pid)
        assert after is not None, f"the connector's process {pid} has ended"
        assert after < before * 1.5 + ROOM, (
            f"{count} requests, and the process has grown from {before >> 20} to {after >> 20} MiB; about the "
            f"same would be right"
        )


@check(level="W", **M7)
@each_flyte
def test_some(flyte: Flyte, target: Target) -> None:
    steady(flyte, target, SOME)


@check(level="W", **M7)
@each_flyte
@pytest.mark.slow
def test_many(flyte: Flyte, target: Target) -> None:
    steady(flyte, target, MANY)
