"""Do the six invariants notice what breaks them, and nothing else? On stories that are made up."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from flyteidl.admin import agent_pb2
from flyteidl.core import execution_pb2

from connector_sanity.faults import Call
from connector_sanity.history import Event
from connector_sanity.invariants import Story
from connector_sanity.points import FAULTS, answered, points
from connector_sanity.sightings import Sighting

PREFIX, NEXT = "s3://b/x/0", "s3://b/x/1"


class Failed(grpc.RpcError):
    """A call that failed."""

    def code(self) -> grpc.StatusCode:
        """Return its code."""
        return grpc.StatusCode.UNAVAILABLE


def polled(at: float, answer: str | None, prefix: str = PREFIX) -> Event:
    """Return a GetTask that was told a phase, or failed."""
    request = agent_pb2.GetTaskRequest(output_prefix=prefix)
    if answer is None:
        return Event(at, "GetTask", request, Failed())
    number = execution_pb2.TaskExecution.Phase.Value(answer)
    return Event(at, "GetTask", request, agent_pb2.GetTaskResponse(resource=agent_pb2.Resource(phase=number)))


def story(events: list[Event], *sightings: Sighting, **more: Any) -> Story:
    """Return the story of a task with one attempt, which the operator let succeed at 3."""
    told = {"attempts": [(0.0, PREFIX)], "succeeded": {"u": 3.0}} | more
    return Story(events=events, sightings=sightings, **told)


GOOD = [polled(1, "QUEUED"), polled(2, "RUNNING"), polled(4, "SUCCEEDED"), polled(5, "SUCCEEDED")]


def gone(uid: str = "u", added: float = 0.5, ended: float | None = 6.0) -> Sighting:
    return Sighting(uid, f"task-{uid}", added, ended)


def test_a_good_story_breaks_nothing() -> None:
    assert story(GOOD, gone()).broken() == {}
    retried = story(GOOD, gone("a", 0.5, 0.8), gone("u", 1.5), attempts=[(0.0, NEXT), (1.0, PREFIX)])
    assert retried.broken() == {}
    assert story(GOOD + [polled(at, None) for at in range(6, 11)], gone()).broken() == {}, (
        "five errors are forgiven"
    )
    dead = story(GOOD + [polled(at, None) for at in range(6, 12)], gone(), down=[(6.0, 6.5)])
    assert dead.broken() == {}, "what fails while there is no connector is not its fault"


@pytest.mark.parametrize(
    ("broken", "id", "word"),
    [
        (story(GOOD, gone("a", 0.5, 2.0), gone("u", 1.0)), "I1", "task-a and task-u"),
        (story(GOOD, gone(ended=None)), "I2", "task-u"),
        (story(GOOD, gone(), forgotten=["task-u is left"]), "I2", "task-u is left"),
        (story([polled(2, "SUCCEEDED")], gone()), "I3", PREFIX),
        (story([polled(4, "SUCCEEDED")], gone("v")), "I3", PREFIX),
        (story([polled(at, None) for at in range(6)], gone()), "I4", "6 polls"),
        (story([*GOOD, polled(6, "RUNNING")], gone()), "I6", "SUCCEEDED, then RUNNING"),
        (story([*GOOD, polled(6, "FAILED")], gone()), "I6", "SUCCEEDED, then FAILED"),
        (story(GOOD, gone(), stuck="waited"), "life", "waited"),
    ],
)
def test_each_is_noticed(broken: Story, id: str, word: str) -> None:
    found = broken.broken()
    assert set(found) == {id}
    assert word in found[id]


def test_every_call_with_every_fault_is_a_point() -> None:
    calls = [
        Call("POST", "/x", "create", "jobs.batch", 0.0),
        Call("GET", "/x", "watch", "jobs.batch", 0.0),
        Call("POST", "/x", "create", "jobs.batch", 0.0),
        Call("DELETE", "/x/y", "delete", "jobs.batch", 0.0),
    ]
    found = points("finished", "CreateTask", answered(calls))
    assert len(FAULTS) == 9
    assert len(found) == len(set(found)) == 3 * len(FAULTS)
    assert {(point.verb, point.skip) for point in found} == {("create", 0), ("create", 1), ("delete", 0)}
    second = next(point for point in found if point.skip).broken(2.0)
    assert [second.takes(call) for call in calls] == [False, False, True, False]
    assert sum(point.kills for point in found) == 3
