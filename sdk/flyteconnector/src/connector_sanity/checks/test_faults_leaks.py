"""O: does a connector that has served many tasks still need no more than before?"""

from __future__ import annotations

import re
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from connector_sanity.breaking import live
from connector_sanity.cluster import Cluster, until
from connector_sanity.engine import Flyte
from connector_sanity.launch import Launched
from connector_sanity.memory import descriptors, resident, threads
from connector_sanity.profile import Profile
from connector_sanity.registry import check, needs
from connector_sanity.target import Target

SOME, MANY = 60, 10_000
"""Tasks; the second with --slow."""
CALLS = 4
"""Requests to the API server that one call of the engine may cost, watches aside."""
SLACK = {"bytes in memory": 16 << 20, "open files": 6, "threads": 6}
"""What may come on top of a tenth: the first tasks fill caches and pools."""
GROWTH = check(
    "O4",
    "F",
    "M",
    f"many tasks created, asked for and deleted: {SOME} twice, with --slow {MANY}",
    expects=f"memory, open files and threads grow by a tenth at most; {CALLS} requests for each call; no name of "
    f"an execution in the metrics",
    source="flyteorg/flyte pull request 5888: a connection that leaked with each call ended FlytePropeller; issue 3991",
    fix="take one client, close what you open, and label metrics with the task type, never with a task",
)


@dataclass(frozen=True)
class Use:
    """What a process has."""

    sizes: dict[str, int]

    @classmethod
    def of(cls, pid: int) -> Use:
        """Measure it."""
        found = {"bytes in memory": resident(pid), "open files": descriptors(pid), "threads": threads(pid)}
        needs(
            None not in found.values(), "this machine has no /proc, in which Linux tells what a process has"
        )
        return cls({name: size for name, size in found.items() if size is not None})

    def grown(self, before: Use) -> list[str]:
        """Return what has grown, in words."""
        return [
            f"{name}: {before.sizes[name]} before, {size} after"
            for name, size in self.sizes.items()
            if size > before.sizes[name] * 1.1 + SLACK[name]
        ]


def lives(flyte: Flyte, number: int) -> None:
    """Create, ask for and delete so many tasks, some at once."""

    def one(_: int) -> None:
        task = flyte.create()
        flyte.get(task)
        flyte.delete(task)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(number)))
    flyte.made.clear()


def settled(launched: Launched, before: Use | None = None) -> Use:
    """Return what the process has when it has come to rest."""
    end = time.monotonic() + 5
    while (
        (use := Use.of(launched.pid)) and before is not None and use.grown(before) and time.monotonic() < end
    ):
        time.sleep(0.2)
    return use


def look(fresh: Target, cluster: Cluster, profile: Profile, number: int) -> None:
    """Raise AssertionError when so many tasks have left something in the connector."""
    assert fresh.launched is not None
    assert fresh.proxy is not None
    before = cluster.uids()
    with fresh.flyte(profile.dialects[0]) as flyte:
        lives(flyte, SOME)
        used, calls = settled(fresh.launched), len(fresh.proxy.calls)
        lives(flyte, number)
        asked = [call for call in fresh.proxy.calls[calls:] if call.verb not in ("list", "watch")]
        until(lambda: not live(cluster.since(before)), "all of them are deleted", 60)
        grown = settled(fresh.launched, used).grown(used)
    assert not grown, f"after {number} tasks more: {'; '.join(grown)}; at most a tenth more would be right"
    assert len(asked) <= 3 * number * CALLS, (
        f"{len(asked)} requests to the API server for {3 * number} calls; {CALLS} for each would be right"
    )
    unnamed(fresh, profile)


def unnamed(fresh: Target, profile: Profile) -> None:
    """Raise AssertionError when a metric has the name of an execution."""
    assert fresh.launched is not None
    if profile.start is None or not profile.start.metrics:
        return
    address = f"http://127.0.0.1:{fresh.launched.metrics_port}{profile.start.metrics}"
    with urllib.request.urlopen(address, timeout=5) as answer:
        text = answer.read().decode()
    assert profile.task_type in text, (
        f"{address} says nothing of {profile.task_type}: its calls would be counted"
    )
    named = re.findall(rf"^.*{fresh.settings.run}.*$", text, re.MULTILINE)
    assert not named, (
        f"{len(named)} lines of the metrics name an execution, such as {named[0]!r}; none would be right"
    )


@GROWTH
def test_some_tasks_leave_nothing(fresh: Target, cluster: Cluster, profile: Profile) -> None:
    look(fresh, cluster, profile, SOME)


@GROWTH
@pytest.mark.slow
def test_many_tasks_leave_nothing(fresh: Target, cluster: Cluster, profile: Profile) -> None:
    look(fresh, cluster, profile, MANY)
