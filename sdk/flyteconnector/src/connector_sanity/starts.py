"""What if a call breaks while a connector starts? Each is broken in each way; then the connector has to do its work."""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import grpc

from connector_sanity.cluster import until
from connector_sanity.engine import Task, code
from connector_sanity.everything import Broken
from connector_sanity.launch import StartError
from connector_sanity.points import Point, points
from connector_sanity.target import Target

AT_ONCE = 6
"""Connectors that start at the same time."""


def planned(target: Target) -> list[Point]:
    """Return every call of a start, with each fault."""
    assert target.proxy is not None
    with target.replica("start") as one:
        time.sleep(0.5)  # watches begin after it serves
        assert one.proxy is not None
        return points("start", "start", list(one.proxy.calls))


def look(target: Target, chosen: Iterable[Point], task: Task) -> list[Broken]:
    """Start a connector for each point, all for one running task that is theirs, too; return what became of them."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda one: _start(target, *one, task), enumerate(chosen)))


def _start(target: Target, number: int, point: Point, task: Task) -> Broken:
    fault = point.broken(target.settings.profile.constants.deadline)
    failed: list[str] = []
    breaks: dict[str, str] = {}
    with target.replica(f"start-{number}-{abs(hash(point))}", (fault,)) as one:
        assert one.launched is not None
        assert one.proxy is not None
        try:
            if point.kills:
                until(lambda: fault.hit, "the call comes")
                one.launched.kill()
                one.proxy.heal()
                one.launched.start()
            one.launched.wait()
            one.address = one.launched.address
            failed = _works(one, task)
        except (AssertionError, StartError, grpc.RpcError) as error:
            breaks["life"] = str(error)
    return Broken((point,), bool(fault.hit), tuple(failed), breaks)


def _works(one: Target, task: Task) -> list[str]:
    """Ask a connector for what another has made, and return what failed; raises AssertionError when it is not right."""
    profile = one.settings.profile
    with one.flyte(profile.dialects[0]) as flyte:
        try:
            assert flyte.create(task.request).meta == task.meta, (
                "the same CreateTask got another resource_meta"
            )
            flyte.wait(task, profile.states["running"].phase)
        except grpc.RpcError as error:
            return [code(error)]
        finally:
            flyte.made.clear()  # the task is for the next connector, too
    return []
