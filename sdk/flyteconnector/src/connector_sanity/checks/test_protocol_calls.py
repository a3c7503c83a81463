"""P: is one call like the next, whichever Flyte sends it, however large it is, and however it ends?"""

from __future__ import annotations

import contextlib
import time
from typing import Any

import grpc
import pytest

from connector_sanity.cluster import Cluster, until
from connector_sanity.dialect import DIALECTS
from connector_sanity.engine import TERMINAL_FAILURES, Flyte, Task, code, phase
from connector_sanity.plugin import each_flyte
from connector_sanity.refusal import outcome
from connector_sanity.registry import check
from connector_sanity.rendering import rendered

LARGE = 8 << 20
"""Bytes of inputs. Flyte inlines them."""
HURRIED = 0.001
"""Seconds of a deadline that hardly any call meets."""
CANCELLED = 8
"""How many calls are given up, one after the other."""
SETTLED = 10.0
"""Seconds until what was given up is undone."""
FREE = 40.0
"""Seconds until a name is free again. Kubernetes' garbage collector hears of a new kind every 30 s."""
P4 = {
    "id": "P4",
    "severity": "M",
    "title": "the same request over the services of both Flytes",
    "expects": "one resource, and byte-identical resource_meta",
    "source": "the CreateTaskRequest of flyteidl 1.16.8 and that of flyteidl2 2.0.51 have the same bytes "
    "(measured); during "
    "a migration both engines call",
    "fix": "let both services call the same code, and derive the resource's name from output_prefix alone",
}
P6 = {
    "id": "P6",
    "severity": "M",
    "title": "CreateTask with 8 MiB of inputs",
    "expects": "it is accepted, or INVALID_ARGUMENT with the size and the limit",
    "source": "flytepropeller#377; gRPC's default limit is 4194304 bytes, and its error names no field",
    "fix": "raise the server's limit for messages that it receives to more than 8 MiB",
}
P8 = {
    "id": "P8",
    "severity": "B",
    "title": "a deadline of 1 ms, a call that is cancelled while it runs, and then the same call as usual",
    "expects": "the last call works, as soon as what was made before is gone, and there is one resource that lives",
    "source": "Flyte 1.16.8: an engine that is restarted in the middle of a round calls again; flyteplugins/.../"
    "internal/webapi/launcher.go",
    "fix": "end the work when the call's context ends, undo a create that nobody waits for, and never what a "
    "later call adopts",
}


@check(level="K", **P4)
def test_the_same_request_of_both_flytes(target: Any, cluster: Cluster) -> None:
    if len(target.settings.profile.dialects) < 2:
        pytest.skip("the profile's connector serves one Flyte only")
    with target.flyte(1) as first, target.flyte(2) as second:
        before, request = cluster.uids(), rendered(first.request())
        one = first.create(request)
        same = DIALECTS[2].messages.CreateTaskRequest.FromString(request.SerializeToString())
        two = second.create(same)
        made = [each["metadata"]["name"] for each in cluster.since(before)]
    assert len(made) == 1, (
        f"both Flytes have sent one task, and there are {len(made)} resources: {made}; 1 would be right"
    )
    assert one.meta == two.meta, (
        f"Flyte 1 was answered {one.meta!r}, Flyte 2 {two.meta!r}; the same would be right"
    )


@check(level="W", **P6)
@each_flyte
def test_eight_mebibytes_of_inputs(flyte: Flyte) -> None:
    request = flyte.request()
    inputs = DIALECTS[1].messages.CreateTaskRequest()
    inputs.inputs.literals["large"].scalar.primitive.string_value = "x" * LARGE
    request.MergeFromString(inputs.SerializeToString())
    try:
        flyte.create(request)
    except grpc.RpcError as error:
        words = str(error.details())  # type: ignore[attr-defined]
        size = any(character.isdigit() for character in words)
        assert code(error) == "INVALID_ARGUMENT" and size, (
            f"{flyte}: {code(error)} {words!r}; to accept it, or INVALID_ARGUMENT with the size and the limit, "
            f"would be right"
        )


@check(level="W", **P8)
@each_flyte
def test_a_call_that_is_given_up(flyte: Flyte, eyes: Cluster | None) -> None:
    before, request = eyes.uids() if eyes else set(), flyte.request()
    with contextlib.suppress(grpc.RpcError):  # a connector that is that quick is none the worse
        flyte.create(request, timeout=HURRIED)
    for number in range(CANCELLED):
        call = flyte.stub.CreateTask.future(rendered(request), timeout=10)
        time.sleep(0.001 * 2**number)  # at another moment of the call each time: 1 ms to 128 ms
        call.cancel()
    task = until(lambda: unless_unavailable(flyte, request), "the same call works again", FREE)
    if eyes is not None:
        until(lambda: len(alive(eyes, before)) == 1, "there is one resource that lives", SETTLED)
    time.sleep(0.3)  # what is undone too late would be undone now
    told = flyte.get(task)
    assert phase(told) not in TERMINAL_FAILURES, (
        f"{flyte}: after {CANCELLED + 1} calls that were given up and one that was answered, GetTask says "
        f"{phase(told)} "
        f"{told.message!r}: what the earlier calls began was undone after the last one had been answered"
    )
    if eyes is not None:
        names = alive(eyes, before)
        assert len(names) == 1, f"{flyte}: resources that live: {names}; 1 would be right"


def unless_unavailable(flyte: Flyte, request: Any) -> Task | None:
    """Create a task; None where what an earlier call made is still being deleted."""
    got, words, task = outcome(flyte.create, request)
    assert got in ("OK", "UNAVAILABLE"), (
        f"{flyte}: the call after those that were given up: {got} {words[:300]!r}"
    )
    return task


def alive(cluster: Cluster, before: set[str]) -> list[str]:
    """Return the names of the resources that have come and are not being deleted."""
    made = [each["metadata"] for each in cluster.since(before)]
    return [about["name"] for about in made if not about.get("deletionTimestamp")]
