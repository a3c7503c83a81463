"""What breaks if a call breaks? Clean lives tell which calls there are; then each is broken in each way, and judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from connector_sanity.begin import begin, unchanged
from connector_sanity.cluster import Cluster
from connector_sanity.elsewhere import Tenant
from connector_sanity.invariants import WORDS
from connector_sanity.life import Life
from connector_sanity.operator import Operator
from connector_sanity.part import Json
from connector_sanity.points import Point, answered, points
from connector_sanity.sightings import Watcher
from connector_sanity.target import Target

LIVES = {"finished": False, "aborted": True}
"""How a task ends -> whether the engine ends it."""


@dataclass(frozen=True)
class Broken:
    """What became of one task, or start, with one fault or more."""

    points: tuple[Point, ...]
    reached: bool
    """Whether all of the calls that were to break came."""
    failed: tuple[str, ...]
    """What the engine heard: "CreateTask UNAVAILABLE"."""
    breaks: dict[str, str]
    """Invariant -> what was seen."""

    def told(self) -> dict[str, object]:
        """Return it for the results."""
        return {
            "points": [vars(point) for point in self.points],
            "reached": self.reached,
            "failed": list(self.failed),
            "breaks": self.breaks,
        }

    def __str__(self) -> str:
        where = "; and ".join(str(point) for point in self.points)
        return "\n".join(f"{where}\n    breaks {id}, {WORDS[id]}: {seen}" for id, seen in self.breaks.items())


@dataclass
class Everything:
    """The connector whose calls are broken, and a bystander's resource in another namespace."""

    target: Target
    cluster: Cluster
    operator: Operator
    watcher: Watcher
    tenant: Tenant
    canary: Json = field(default_factory=dict)
    planned: list[Point] = field(default_factory=list)

    def __post_init__(self) -> None:
        _, self.canary = begin(self.tenant.flyte, self.tenant.cluster)
        self.canary = self.tenant.operator.play(self.canary, "running")
        for name, abort in LIVES.items():
            life = self._life(abort)
            story = life.live()
            assert not story.broken(), f"with nothing broken, a task that is {name}: {story.broken()}"
            for rpc, calls in life.costs.items():
                if rpc and (rpc != "CreateTask" or not abort):  # it is the same in both
                    self.planned += points(name, rpc, answered(calls))

    def _life(self, abort: bool, broken: tuple[Point, ...] = ()) -> Life:
        return Life(self.target, self.cluster, self.operator, self.watcher, abort, broken)

    def chosen(self, fault: str, depth: int) -> Iterator[tuple[Point, ...]]:
        """Yield what is to break: each call with this fault; at depth 2 also with each later one, in each way."""
        for at, point in enumerate(self.planned):
            if point.fault == fault:
                yield (point,)
                later = self.planned[at + 1 :] if depth > 1 else []
                yield from (
                    (point, other) for other in later if other.life == point.life and other.call != point.call
                )

    def look(self, broken: tuple[Point, ...]) -> Broken:
        """Break these calls in one life, and return what became of it."""
        life = self._life(LIVES[broken[0].life], broken)
        story = life.live()
        breaks = story.broken() | self.bystander()
        return Broken(broken, life.reached == set(broken), tuple(story.failed()), breaks)

    def bystander(self) -> dict[str, str]:
        """Return whether the resource in the other namespace is no longer as it was: {} or I5."""
        try:
            unchanged(self.tenant.cluster, self.canary)
        except AssertionError as error:
            return {"I5": str(error)}
        return {}
