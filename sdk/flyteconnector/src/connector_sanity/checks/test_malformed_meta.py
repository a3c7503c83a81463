"""M3: what becomes of a resource_meta that is not the connector's? With an empty name, all of the kind would go."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from connector_sanity.cluster import Cluster
from connector_sanity.engine import Flyte, Task
from connector_sanity.plugin import each_flyte
from connector_sanity.proxy import Proxy
from connector_sanity.refusal import outcome
from connector_sanity.registry import check

REFUSED = ("INVALID_ARGUMENT", "PERMISSION_DENIED")
"""The second one from a connector that signs its resource_meta."""
FIXED = {
    "empty": b"",
    "garbage": b"\xff\xfe\x00{not a meta",
    "an empty object": b"{}",
    "1 MiB": b"A" * (1 << 20),
}
SILENCE = 0.25
"""Seconds without a call, after which whatever the connector was about has ended."""
TRIES = 3
"""What a connector still does about tasks of earlier checks may fall into one of them, and not into all."""
M3 = {
    "id": "M3",
    "severity": "B",
    "title": "GetTask and DeleteTask with a resource_meta that is empty, garbage, {}, 1 MiB, or has an empty name",
    "expects": "INVALID_ARGUMENT, and not one call to the API server",
    "source": "Kubernetes: DELETE of a collection's address, which a path with an empty name is, deletes the "
    "whole collection "
    "(measured); Flyte's own Python connector answers INTERNAL (flyte 2.12.1, measured)",
    "fix": "decode resource_meta strictly, and refuse one that lacks a name, a namespace or a uid, before any call",
}


def nameless(meta: bytes, name: str | None) -> Iterator[tuple[str, bytes]]:
    """Yield copies of a real resource_meta without its resource's name.

    JSON is taken apart: each text that is the name, or all texts where nobody knows the name. Of other bytes the name
    itself is cut out, where it is known and in them.
    """
    try:
        content: Any = json.loads(meta)
    except ValueError:
        content = None
    if isinstance(content, dict):
        blank = {key: "" if hit(value, name) else value for key, value in content.items()}
        if blank != content:
            yield "one with an empty name", json.dumps(blank).encode()
    elif name and name.encode() in meta:
        yield "one with its name cut out", meta.replace(name.encode(), b"")


def hit(value: Any, name: str | None) -> bool:
    """Return whether a value is the name; every text is, where it is not known."""
    return isinstance(value, str) and value != "" and name in (None, value)


def look(flyte: Flyte, task: Task, name: str | None) -> None:
    """Send all of them; raise AssertionError for one that is not refused."""
    calls: dict[str, Callable[[bytes], Any]] = {"GetTask": flyte.get, "DeleteTask": flyte.delete}
    for what, meta in [*FIXED.items(), *nameless(task.meta, name)]:
        for method, call in calls.items():
            got, words, _ = outcome(call, meta)
            assert got in REFUSED, (
                f"{flyte}: {method} with a resource_meta that is {what}: {got} {words!r}; "
                "INVALID_ARGUMENT would be right"
            )


def begin(flyte: Flyte, eyes: Cluster | None) -> tuple[Task, dict[str, Any] | None]:
    """Create a task, and return it with its resource where one can be seen."""
    before = eyes.uids() if eyes else set()
    task = flyte.create()
    made = eyes.since(before) if eyes else []
    return task, made[0] if made else None


@check(level="W", **M3)
@each_flyte
def test_a_meta_that_is_not_the_connectors(flyte: Flyte, eyes: Cluster | None) -> None:
    task, it = begin(flyte, eyes)
    look(flyte, task, it["metadata"]["name"] if it else None)
    if eyes is not None and it is not None:
        still = eyes.find(it["metadata"]["name"])
        assert still and not still["metadata"].get("deletionTimestamp"), (
            f"{flyte}: after these calls, {it['metadata']['name']}, which none of them names, is gone"
        )


@check(level="F", **M3)
@each_flyte
def test_a_meta_that_is_not_the_connectors_costs_no_call(
    flyte: Flyte, proxy: Proxy, cluster: Cluster
) -> None:
    task, it = begin(flyte, cluster)
    for _ in range(TRIES):
        began = quiet(proxy)
        look(flyte, task, it["metadata"]["name"] if it else None)
        time.sleep(SILENCE)
        seen = [f"{call.method} {call.path}" for call in proxy.calls[began:] if call.verb != "watch"]
        if not seen:
            return
    raise AssertionError(
        f"{flyte}: for metas that are not its own the connector calls the API server, in each of {TRIES} tries: "
        f"{seen}; "
        "no call would be right"
    )


def quiet(proxy: Proxy) -> int:
    """Return how many calls there were, once no more come."""
    for _ in range(40):
        count = len(proxy.calls)
        time.sleep(SILENCE)
        if len(proxy.calls) == count:
            return count
    raise AssertionError(f"the connector calls the API server all the time: {proxy.calls[-10:]}")
