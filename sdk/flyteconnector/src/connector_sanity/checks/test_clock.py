"""O: does it matter that clocks differ? An operator writes times into a status, by the clock of another machine."""

from __future__ import annotations

import datetime
import time
from typing import Any

import pytest

from connector_sanity import asking
from connector_sanity.begin import begin
from connector_sanity.cluster import Cluster
from connector_sanity.engine import POLL, Flyte, Task, phase
from connector_sanity.operator import Operator, filled
from connector_sanity.part import Json
from connector_sanity.registry import check

O6 = {
    "id": "O6",
    "severity": "M",
    "title": "an operator whose clock is an hour behind, or ahead",
    "expects": "the phases that the states have; no timeout, and no resource that is deleted as if its time were over",
    "source": "Kubernetes: creationTimestamp is the API server's, the times of a status are whoever wrote it; a task "
    "with a timeout of 10 minutes must not end because its status says that it began an hour ago",
    "fix": "compare times of the API server with each other, or measure by your own monotonic clock",
}
TIMEOUT = "600s"
WATCHED = 0.4  # seconds


@check(level="K", **O6)
@pytest.mark.parametrize("hours", [-1, 1], ids=["behind", "ahead"])
def test_an_operator_with_another_clock(
    flyte: Flyte, cluster: Cluster, operator: Operator, hours: int
) -> None:
    template = asking.joined(flyte.profile.template, {"metadata": {"timeout": TIMEOUT}})
    played: dict[str, tuple[Task, Json]] = {}
    for name in ("running", "succeeded", "failed"):
        state = flyte.profile.states[name]
        task, made = begin(flyte, cluster, template=template)
        if state.pod:
            operator.pod(made, shifted(filled(state.pod, made), hours))
        operator.write(made, shifted(filled(state.status, made), hours))
        played[name] = task, made
        flyte.wait(task, state.phase)
    end = time.monotonic() + WATCHED
    while time.monotonic() < end:
        for name, (task, _) in played.items():
            told, wanted = flyte.get(task), flyte.profile.states[name].phase
            assert phase(told) in wanted, (
                f"{name} by a clock that is {hours:+} h off: first {wanted}, then {phase(told)} {told.message!r}"
            )
        time.sleep(POLL)
    for name in ("running", "succeeded"):  # what has failed may be cleaned up at once
        there = cluster.find(played[name][1]["metadata"]["name"])
        assert there, f"{name} by a clock that is {hours:+} h off: the resource is gone"


def shifted(value: Any, hours: int) -> Any:
    """Return a copy whose times are some hours later."""
    if isinstance(value, dict):
        return {key: shifted(inner, hours) for key, inner in value.items()}
    if isinstance(value, list):
        return [shifted(inner, hours) for inner in value]
    try:
        at = datetime.datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")
    except (TypeError, ValueError):
        return value
    return (at + datetime.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
