"""P: does the connector speak Flyte's API as the engines do?"""

from __future__ import annotations

import time
from typing import Any

import grpc
import pytest

from connector_sanity.cluster import Cluster
from connector_sanity.engine import Flyte, code, phase
from connector_sanity.plugin import each_flyte
from connector_sanity.refusal import CRASHED, refused
from connector_sanity.registry import check

NOBODY = "connector-sanity-nobody"
"""A name that no connector and no task type has."""
QUICK = 1.0
"""Seconds for the list; the engines ask every 10 s."""
P1 = {
    "id": "P1",
    "severity": "B",
    "title": "ListAgents and ListConnectors, also while the API server does not answer",
    "expects": "an answer within a second, with a name, the task type in its version, and is_sync=false for Flyte 1",
    "source": "Flyte 2 (main of 2026-08), plugins/webapi/connector/client.go: each poll, every 10 s, replaces "
    "what is known; "
    "a task of a type that nobody has named runs as a plain pod",
    "fix": "answer the list from what the program knows, without a look at the cluster; in Flyte 1, fill "
    "supported_task_types, too",
}
P2 = {
    "id": "P2",
    "severity": "M",
    "title": "GetAgent and GetConnector with an unknown name; CreateTask of an unknown type, and of an unknown version",
    "expects": "NOT_FOUND, or for a version a GetTask that says FAILED; nothing is created",
    "source": "Flyte 1.16.8, plugins/webapi/connector/plugin.go: what no connector has named goes to the "
    "defaultConnector",
    "fix": "compare the name, the type and the version with those that the list tells, before anything else",
}
P3 = {
    "id": "P3",
    "severity": "m",
    "title": "GetTaskMetrics and GetTaskLogs",
    "expects": "UNIMPLEMENTED from a connector that has none",
    "source": "flyteidl.service.AsyncAgentService of Flyte 1.16.8; Flyte's own Python connector answers UNKNOWN "
    "(flyte 2.12.1, measured)",
    "fix": "leave the two methods to the generated base class",
}
P5 = {
    "id": "P5",
    "severity": "M",
    "title": "GetTask and DeleteTask with the old task_type alone, without a task_category",
    "expects": "the same answers as with a task_category",
    "source": "flyteidl.admin.GetTaskRequest: engines before Flyte 1.13 fill task_type (1, deprecated) and "
    "nothing else",
    "fix": "read task_category.name, and where it is empty task_type",
}


@check(level="W", **P1)
@each_flyte
def test_the_list_names_the_task_type(flyte: Flyte) -> None:
    look_at_the_list(flyte)


def quickest(flyte: Flyte) -> tuple[Any, float]:
    """Return the list, and the seconds of the quicker of two calls: a busy machine can hold up one."""
    took = []
    for _ in range(2):
        began = time.monotonic()
        listed = flyte.dialect.list(flyte.channel, 10)
        took.append(time.monotonic() - began)
        if took[-1] < QUICK:
            break
    return listed, min(took)


def look_at_the_list(flyte: Flyte) -> None:
    """Raise AssertionError where the list is late, or does not have what an engine needs."""
    flyte.dialect.list(flyte.channel, 10)  # the connection is there now
    listed, took = quickest(flyte)
    assert took < QUICK, f"{flyte}: the list took {took:.1f} s; less than {QUICK:.0f} s would be right"
    profile = flyte.profile
    wanted = (profile.task_type, profile.task_type_version)
    told = {(each.name, each.version): agent for agent in listed for each in agent.supported_task_categories}
    assert wanted in told, f"{flyte}: the list has the types {sorted(told)}; {wanted} would be among them"
    agent = told[wanted]
    assert agent.name, f"{flyte}: the connector that serves {wanted} has no name in the list"
    if flyte.dialect.number == 1:
        old = list(agent.supported_task_types)
        assert profile.task_type in old, (
            f"{flyte}: supported_task_types is {old}; {profile.task_type} would be in it"
        )
        assert not agent.is_sync, (
            f"{flyte}: is_sync is true: the engine would call ExecuteTaskSync, and never GetTask"
        )


@check(level="W", **P2)
@each_flyte
def test_a_connector_that_nobody_is(flyte: Flyte) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        flyte.dialect.get(flyte.channel, NOBODY, 10)
    got = code(caught.value)
    assert got == "NOT_FOUND", (
        f"{flyte}: asked for connector {NOBODY!r}, the answer is {got}; NOT_FOUND would be right"
    )


@check(level="W", **P2)
@each_flyte
def test_a_type_and_a_version_that_nobody_serves(flyte: Flyte, eyes: Cluster | None) -> None:
    before = eyes.uids() if eyes else set()
    unknown, later = flyte.request(), flyte.request()
    unknown.template.type = NOBODY
    later.template.task_type_version = 2**31 - 1
    refused(flyte, unknown, f"{flyte}: task type {NOBODY!r}", ("NOT_FOUND",))
    refused(flyte, later, f"{flyte}: task_type_version {later.template.task_type_version}", ("NOT_FOUND",))
    nothing_was_created(eyes, before)


def nothing_was_created(eyes: Cluster | None, before: set[str]) -> None:
    """Raise AssertionError when there are resources that were not there before."""
    made = [each["metadata"]["name"] for each in eyes.since(before)] if eyes else []
    assert not made, f"a request that was refused has left {made}; nothing would be right"


@check(level="W", **P3)
@each_flyte
def test_what_is_not_supported(flyte: Flyte) -> None:
    task = flyte.create()
    messages, about = flyte.dialect.messages, {"resource_meta": task.meta, "task_category": flyte.category()}
    calls = {
        "GetTaskMetrics": lambda: flyte.stub.GetTaskMetrics(
            messages.GetTaskMetricsRequest(**about), timeout=10
        ),
        "GetTaskLogs": lambda: list(flyte.stub.GetTaskLogs(messages.GetTaskLogsRequest(**about), timeout=10)),
    }
    for name, call in calls.items():
        try:
            call()
        except grpc.RpcError as error:
            got = code(error)
            assert got == "UNIMPLEMENTED" or got not in CRASHED, (
                f"{flyte}: {name} answers {got} {error.details()!r}; UNIMPLEMENTED, or an answer, would be right"  # type: ignore[attr-defined]
            )


@check(level="W", **P5)
def test_the_old_task_type_alone(target: Any) -> None:
    if 1 not in target.settings.profile.dialects:
        pytest.skip("the profile's connector does not serve Flyte 1, and Flyte 2 has no such field")
    with target.flyte(1) as flyte:
        task = flyte.create()
        messages, old = (
            flyte.dialect.messages,
            {"task_type": flyte.profile.task_type, "resource_meta": task.meta},
        )
        told = routed(flyte, "GetTask", messages.GetTaskRequest(output_prefix=task.prefix, **old)).resource
        assert phase(told) == phase(flyte.get(task)), (
            f"GetTask says {phase(told)}, and with a task_category another phase"
        )
        routed(flyte, "DeleteTask", messages.DeleteTaskRequest(**old))


def routed(flyte: Flyte, method: str, request: Any) -> Any:
    """Send a request that has no task_category, and return the answer; raises AssertionError when it is an error."""
    try:
        return getattr(flyte.stub, method)(request, timeout=10)
    except grpc.RpcError as error:
        words = error.details()  # type: ignore[attr-defined]
        raise AssertionError(
            f"{method} with task_type alone: {code(error)} {words!r}; OK would be right"
        ) from None
