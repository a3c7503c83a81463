"""Where can one call to the API server break, and how? Every call of a task's life, with each of nine faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from connector_sanity.faults import Call, Fault, Mode

LATE = 0.5
"""Seconds by which a delayed call comes after the connector's own deadline."""
KILL = "the connector is killed after it"
FAULTS: dict[str, Fault] = {
    "the connection is refused": Fault(Mode.REFUSE),
    "it takes longer than the deadline": Fault(Mode.DELAY),
    "409 Conflict": Fault(Mode.STATUS, status=409),
    "429 Too Many Requests": Fault(Mode.STATUS, status=429, retry_after=1),
    "500 Internal Server Error": Fault(Mode.STATUS, status=500),
    "503 Service Unavailable": Fault(Mode.STATUS, status=503),
    "the connection ends before it": Fault(Mode.EOF_BEFORE),
    "its answer is lost": Fault(Mode.EOF_AFTER),
    KILL: Fault(Mode.HOLD),
}
"""What can happen to a call -> how the proxy does it."""


@dataclass(frozen=True)
class Point:
    """One call to the API server, and what happens to it."""

    life: str
    """"finished" or "aborted", as the task ends; "start" while the connector starts."""
    rpc: str
    """The engine's call that it belongs to: CreateTask, GetTask, DeleteTask; "start" as above."""
    verb: str
    resource: str
    skip: int
    """How many of this verb and resource the rpc makes before it."""
    fault: str
    """A key of FAULTS."""

    def __str__(self) -> str:
        nth = f", number {self.skip + 1}" if self.skip else ""
        where = self.rpc if self.life == self.rpc else f"{self.rpc} of a task that is {self.life}"
        return f"{where}, {self.verb} {self.resource}{nth}: {self.fault}"

    @property
    def call(self) -> tuple[object, ...]:
        """Return what tells its call from others."""
        return (self.life, self.rpc, self.verb, self.resource, self.skip)

    @property
    def kills(self) -> bool:
        """Return whether the connector has to be killed, and started again, once the call is done."""
        return self.fault == KILL

    def broken(self, deadline: float) -> Fault:
        """Return the fault for the proxy; the deadline is the connector's, in seconds."""
        how = FAULTS[self.fault]
        return Fault(
            how.mode, verb=self.verb, resource=self.resource, skip=self.skip, status=how.status,
            retry_after=how.retry_after, seconds=deadline + LATE,
        )  # fmt: skip


def points(life: str, rpc: str, calls: Iterable[Call]) -> list[Point]:
    """Return each of the rpc's calls, with each fault."""
    seen, found = Counter[tuple[str, str]](), []
    for call in calls:
        key = (call.verb, call.resource)
        found += [Point(life, rpc, *key, seen[key], fault) for fault in FAULTS]
        seen[key] += 1
    return found


def answered(calls: Iterable[Call]) -> list[Call]:
    """Return those that a call of the engine has caused: lists and watches go on all the time."""
    return [call for call in calls if call.verb not in ("list", "watch")]
