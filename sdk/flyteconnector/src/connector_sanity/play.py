"""What is Flyte told in each state of the profile? The states are played: this writes each status; no operator runs.

It calls the connector as Flyte's engine does, so it shows what a user of the plugin would see, before the operator is
installed anywhere.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import grpc
import yaml

from connector_sanity.cluster import Cluster
from connector_sanity.engine import POLL, Flyte, Task, code, phase
from connector_sanity.operator import Operator
from connector_sanity.part import Json
from connector_sanity.profile import TERMINAL, Profile, ProfileError, State

PLAYED = (
    "The states are PLAYED: this program writes each status that an operator would write. "
    "No operator runs; pods run nothing."
)
SETTLED = 0.6
"""Seconds without another answer, after which the connector has seen the status."""
PATIENCE = 5.0
"""Seconds until it is judged whatever the answer is; and until a resource is gone that is deleted."""
WIDTH = 90
Say = Callable[[str], object]


class Play:
    """The profile's states, played on a connector.

    Args:
        flyte: The engine that asks.
        cluster: Where the resources are.
        profile: The states, and what Flyte has to be told.
        say: Gets lines.
    """

    def __init__(self, flyte: Flyte, cluster: Cluster, profile: Profile, say: Say) -> None:
        self._flyte, self._cluster, self._profile, self._say = flyte, cluster, profile, say
        self._operator = Operator(cluster, profile)

    def all(self, only: Iterable[str] = ()) -> list[str]:
        """Play all states, or some, and an abort; return the names of those of which Flyte was told something else.

        Raises:
            ProfileError: for a state that the profile does not have.
            grpc.RpcError: where the connector does not accept the profile's template.
        """
        states, chosen = self._profile.states, tuple(only)
        if unknown := sorted(set(chosen) - set(states)):
            raise ProfileError(f"the profile has no state {', '.join(unknown)}; it has {', '.join(states)}")
        wrong = [name for name in chosen or states if not self.state(name)]
        return wrong if self.abort() else [*wrong, "abort"]

    def state(self, name: str) -> bool:
        """Play one state on a task of its own; return whether Flyte was told what the profile says."""
        wanted = self._profile.states[name]
        self._say(f"\n{name}")
        task, it = self._begin()
        self._operator.play(it, name)
        for what, written in (("status", wanted.status), ("pod", wanted.pod)):
            if written or what == "status":
                self._line(what, *shown(written))
        told = self._settle(task)
        self._tell(told)
        right = phase(told) in wanted.phase and wanted.says in words(told)
        return self._judge(right, f"the profile says {expected(wanted)}")

    def abort(self) -> bool:
        """End a task that runs, as Flyte does for a user; return whether its resource goes, and Flyte hears of it."""
        self._say("\nabort, while it is running")
        task, it = self._begin()
        self._operator.play(it, "running")
        self._settle(task)
        try:
            self._flyte.delete(task)
        except grpc.RpcError as error:
            self._line("DeleteTask", f"{code(error)} {error.details()}")  # type: ignore[attr-defined]
            return self._judge(False, "OK would be right")
        self._line("DeleteTask", "OK")
        gone = self._gone(it)
        about = "is gone, or marked to go" if gone else "is still there"
        self._line("cluster", f"{it['kind']} {it['metadata']['name']} {about}")
        told = phase(self._settle(task))
        self._line("Flyte", told)
        return self._judge(gone and told in TERMINAL, "the resource goes, and the task has ended")

    def _begin(self) -> tuple[Task, Json]:
        before = self._cluster.uids()
        task = self._flyte.create()
        made = self._cluster.since(before)
        if len(made) != 1:
            told = self._flyte.get(task)
            raise ProfileError(
                f"profile, template: CreateTask made {len(made)} resources, and 1 would be right; "
                f"Flyte is told {phase(told)} {told.message!r}"
            )
        about = made[0]["metadata"]
        self._line("CreateTask", f"{made[0]['kind']} {about['namespace']}/{about['name']}")
        return task, made[0]

    def _settle(self, task: Task) -> Any:
        """Poll until the answer stays the same, and return it."""
        end = time.monotonic() + PATIENCE
        told, since = self._flyte.get(task), time.monotonic()
        while time.monotonic() - since < SETTLED and time.monotonic() < end:
            time.sleep(POLL)
            now = self._flyte.get(task)
            if now != told:
                told, since = now, time.monotonic()
        return told

    def _gone(self, it: Json) -> bool:
        end, about = time.monotonic() + PATIENCE, it["metadata"]
        while time.monotonic() < end:
            now = self._cluster.find(about["name"])
            if (
                now is None
                or now["metadata"]["uid"] != about["uid"]
                or now["metadata"].get("deletionTimestamp")
            ):
                return True
            time.sleep(POLL)
        return False

    def _tell(self, told: Any) -> None:
        self._line("Flyte", f"{phase(told)}: {told.message}" if told.message else phase(told))
        for link in told.log_links:
            self._line("", f"link {link.name}: {link.uri}")

    def _judge(self, right: bool, wanted: str) -> bool:
        self._line("right" if right else "WRONG", wanted)
        return right

    def _line(self, what: str, *lines: str) -> None:
        for number, line in enumerate(lines):
            self._say(f"  {'' if number else what:<11}{line}".rstrip())


def shown(written: Json) -> Iterator[str]:
    """Yield the lines of what is written into an object, as the profile has it; times are filled in later."""
    if not written:
        yield "none yet"
        return
    yield from yaml.safe_dump(written, default_flow_style=True, sort_keys=False, width=WIDTH).splitlines()


def words(told: Any) -> str:
    """Return all that a user reads about a task."""
    return "\n".join([told.message, *(f"{link.name} {link.uri}" for link in told.log_links)])


def expected(wanted: State) -> str:
    """Return what the profile says of a state."""
    phases = " or ".join(wanted.phase)
    return f"{phases}, with {wanted.says!r}" if wanted.says else phases
