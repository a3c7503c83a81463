"""What has to hold whatever happens? Six invariants, judged over what engines heard and what a watch saw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import grpc

from connector_sanity.engine import LIFE_BUDGET, code, phase
from connector_sanity.history import Event
from connector_sanity.profile import TERMINAL
from connector_sanity.sightings import Sighting

WORDS = {
    "I1": "at most one live resource for each output prefix",
    "I2": "no live resource outlives the engine's interest in it by more than the reap window",
    "I3": "no SUCCEEDED before the operator has said so of that resource",
    "I4": f"at most {LIFE_BUDGET} failed GetTask in a task's life, while the connector's process lives",
    "I5": "a resource in another namespace stays as it is",
    "I6": "a terminal phase never changes",
    "life": "once nothing is broken any more, the task goes on to its end",
}


@dataclass
class Story:
    """What happened to one task. Times are of time.monotonic()."""

    attempts: list[tuple[float, str]] = field(default_factory=list)
    """When CreateTask was sent first, and the output prefix."""
    succeeded: dict[str, float] = field(default_factory=dict)
    """uid -> when the operator wrote its success."""
    down: list[tuple[float, float]] = field(default_factory=list)
    """From when until when there was no connector."""
    forgotten: list[str] = field(default_factory=list)
    """What a failed CreateTask had left behind when the reap window was over."""
    stuck: str = ""
    """Where the engine or its user waited in vain."""
    events: Sequence[Event] = ()
    sightings: Sequence[Sighting] = ()

    def prefix(self, one: Sighting) -> str:
        """Return the output prefix of a resource: of the attempt under way when it was added."""
        return next((prefix for began, prefix in reversed(self.attempts) if began <= one.added), "")

    def polls(self) -> list[Event]:
        """Return the GetTask calls of its attempts, in order."""
        mine = {prefix for _, prefix in self.attempts}
        return [
            event
            for event in self.events
            if event.method == "GetTask" and event.request.output_prefix in mine
        ]

    def failed(self) -> list[str]:
        """Return the codes of the calls that failed, with their methods, while there was a connector."""
        return [f"{event.method} {code(event.answer)}" for event in self.events if self._failed(event)]

    def _failed(self, event: Event) -> bool:
        dead = any(begin <= event.at <= end for begin, end in self.down)
        return isinstance(event.answer, grpc.RpcError) and not dead

    def broken(self) -> dict[str, str]:
        """Return what does not hold: I1 to I4, I6 and "life" -> what was seen."""
        found = {"I1": self._doubled(), "I2": self._left(), "I3": self._early(), "I4": self._wedged()}
        found |= {"I6": self._back(), "life": [self.stuck] if self.stuck else []}
        return {id: "; ".join(texts) for id, texts in found.items() if texts}

    def _doubled(self) -> list[str]:
        texts = []
        for prefix in {self.prefix(one) for one in self.sightings}:
            mine = [one for one in self.sightings if self.prefix(one) == prefix]
            for one, other in pairwise(sorted(mine, key=lambda each: each.added)):
                if one.ended is None or one.ended > other.added:
                    texts.append(f"{one.name} and {other.name} were live at once, for {prefix}")
        return texts

    def _left(self) -> list[str]:
        left = [f"{one.name} of {self.prefix(one)} is left" for one in self.sightings if one.ended is None]
        return self.forgotten + left

    def _early(self) -> list[str]:
        texts = []
        for event in self.polls():
            mine = [one.uid for one in self.sightings if self.prefix(one) == event.request.output_prefix]
            true = any(self.succeeded.get(uid, event.at) < event.at for uid in mine)
            if told(event) == "SUCCEEDED" and not true:
                texts.append(f"SUCCEEDED was told of {event.request.output_prefix}")
        return texts[:1]

    def _wedged(self) -> list[str]:
        wrong = [code(event.answer) for event in self.polls() if self._failed(event)]
        return (
            [f"{len(wrong)} polls failed: {', '.join(sorted(set(wrong)))}"]
            if len(wrong) > LIFE_BUDGET
            else []
        )

    def _back(self) -> list[str]:
        texts = []
        for _, prefix in self.attempts:
            phases = [told(event) for event in self.polls() if event.request.output_prefix == prefix]
            texts += changed([each for each in phases if each])
        return texts


def told(event: Event) -> str:
    """Return the phase that a GetTask was told, "" when it failed."""
    return "" if isinstance(event.answer, grpc.RpcError) else phase(event.answer.resource)


def changed(phases: Iterable[str]) -> list[str]:
    """Return how a phase went on after the end."""
    return [f"{one}, then {other}" for one, other in pairwise(phases) if one in TERMINAL and other != one]
