"""How does the engine bring one task to its end, whatever happens to the connector's calls to the API server?"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

import grpc
from kubernetes.dynamic.exceptions import NotFoundError

from connector_sanity.breaking import Aside
from connector_sanity.cluster import Cluster, until
from connector_sanity.dialect import DIALECTS
from connector_sanity.engine import POLL, TERMINAL_FAILURES, Flyte, Task, phase
from connector_sanity.faults import Call, Fault
from connector_sanity.invariants import Story
from connector_sanity.operator import Operator
from connector_sanity.part import Json
from connector_sanity.points import Point
from connector_sanity.sightings import Watcher
from connector_sanity.target import Target

TRIES = 5
"""Attempts of a task, and DeleteTask calls, until the engine gives up."""
AFTER = 0.7
"""Seconds in which a connector may make more calls after it has answered."""
PATIENCE = 20.0
"""Seconds for a phase."""


class Life:
    """One task, which ends as the operator says, or is aborted.

    Args:
        target: The connector, which may be killed.
        cluster: Where its resources are.
        operator: Plays.
        watcher: Sees the resources.
        abort: Whether the engine ends it; Flyte 2's, where the profile has both.
        points: What breaks.

    Attributes:
        story: What happened.
        costs: rpc -> the calls to the API server from its begin to that of the next one.
        reached: The points whose call came.
    """

    def __init__(
        self,
        target: Target,
        cluster: Cluster,
        operator: Operator,
        watcher: Watcher,
        abort: bool = False,
        points: Iterable[Point] = (),
    ) -> None:
        assert target.proxy is not None
        assert target.launched is not None
        self.target, self.cluster, self.operator, self.watcher = target, cluster, operator, watcher
        self.proxy, self.launched = target.proxy, target.launched
        self.story, self._profile, self._abort = Story(), target.settings.profile, abort
        self.costs: dict[str, list[Call]] = defaultdict(list)
        self.reached: set[Point] = set()
        self._planned: dict[str, list[tuple[Point, Fault]]] = defaultdict(list)
        for point in points:
            self._planned[point.rpc].append((point, point.broken(self._profile.constants.deadline)))
        self._armed: list[tuple[Point, Fault]] = []
        self._rpc, self._mark = "", len(self.proxy.calls)
        self.flyte = self._connect()

    def _connect(self) -> Flyte:
        profile, run = self._profile, self.target.settings.run
        dialect = DIALECTS[profile.dialects[-1 if self._abort else 0]]
        return Flyte(dialect, self.target.address, profile, run, profile.namespace, self.target.history.note)

    def live(self) -> Story:
        """Live it, and return what happened; raises AssertionError where the engine or its user would be stuck."""
        began, events = time.monotonic(), len(self.target.history.events)
        try:
            self._live()
            self._turn("")
            reap = self._profile.constants.reap
            until(lambda: all(one.ended for one in self.watcher.since(began)), "", reap)
        except (AssertionError, NotFoundError) as error:  # the latter: a resource went away that is wanted
            self.story.stuck = str(error)[:300]
        finally:
            self.proxy.heal()
            self.flyte.close()
            self.story.events = self.target.history.events[events:]
            self.story.sightings = self.watcher.since(began)
        return self.story

    def _live(self) -> None:
        states = self._profile.states
        task, it = self._create()
        self.operator.play(it, "running")
        self._poll(task, states["running"].phase)
        if not self._abort:
            self.story.succeeded[it["metadata"]["uid"]] = time.monotonic()
            self.operator.play(it, "succeeded")
            self._poll(task, states["succeeded"].phase)
            self._poll(task, states["succeeded"].phase)
        until(
            lambda: self._sent("DeleteTask", "delete", task) is not grpc.RpcError,
            "DeleteTask works",
            PATIENCE,
        )
        if self._abort:
            self._poll(task, TERMINAL_FAILURES)

    def _create(self) -> tuple[Task, Json]:
        case = f"life{time.monotonic_ns()}"
        for attempt in range(TRIES):
            request = self.flyte.request(case=case, attempt=attempt)
            self.story.attempts.append((time.monotonic(), request.output_prefix))
            task = self._sent("CreateTask", "create", request)
            if task is not grpc.RpcError:
                name = until(self._name, "CreateTask was answered OK, and there is a live resource")
                it = self.cluster.find(name)
                assert it is not None, f"{name} is gone, and nobody was asked to delete it"
                return task, it
            self._settle()
            self._forgotten()
        raise AssertionError(f"CreateTask failed for {TRIES} attempts, though nothing was broken any more")

    def _forgotten(self) -> None:
        """Wait until nothing is left of an attempt that failed: a task without retries has no next one.

        A connector that was killed knows of nothing. There the next attempt takes the old one away.
        """
        began, prefix = self.story.attempts[-1]
        if any(down >= began for down, _ in self.story.down):
            return
        try:
            until(lambda: not self._name(), "", self._profile.constants.reap)
        except AssertionError:
            self.story.forgotten.append(f"{self._name()} is left of {prefix}, whose CreateTask has failed")

    def _name(self) -> str:
        """Return the name of the live resource of the attempt under way, "" when there is none."""
        began, _ = self.story.attempts[-1]
        return next((one.name for one in self.watcher.since(began) if one.ended is None), "")

    def _poll(self, task: Task, wanted: Collection[str]) -> None:
        end, seen = time.monotonic() + PATIENCE, ""
        while seen not in wanted:
            assert time.monotonic() < end, (
                f"GetTask said {seen} for {PATIENCE:.0f} s, and not {' or '.join(wanted)}"
            )
            answer = self._sent("GetTask", "get", task)
            seen = "an error" if answer is grpc.RpcError else phase(answer)
            time.sleep(0 if seen in wanted else POLL)

    def _turn(self, rpc: str) -> None:
        """Begin with another of the engine's calls: what belongs to the one before is over."""
        if rpc != self._rpc:
            if self._armed or not rpc:
                self._settle()
            self.costs[self._rpc] += self.proxy.calls[self._mark :]
            self._rpc, self._mark = rpc, len(self.proxy.calls)
            self._arm(self._planned.pop(rpc, []))

    def _arm(self, what: list[tuple[Point, Fault]]) -> None:
        self._armed = what
        self.proxy.break_(*(fault for _, fault in what))

    def _sent(self, rpc: str, method: str, argument: Any) -> Any:
        """Send one of the engine's calls, and return its answer; grpc.RpcError, the class, when it failed."""
        self._turn(rpc)
        call = Aside(getattr(self.flyte, method), argument)
        while call.is_alive():
            call.join(0.02)
            self._react()
        if self._armed:
            self._settle()
        return grpc.RpcError if call.error else call.answer

    def _settle(self) -> None:
        """Return when all that was planned has happened, or will not happen, and nothing is on its way any more."""
        end = time.monotonic() + AFTER
        while self.proxy.busy or (self._armed and time.monotonic() < end):
            self._react()
            time.sleep(0.02)

    def _react(self) -> None:
        """Take note of what has broken, and kill the connector where that is the fault."""
        happened = [(point, fault) for point, fault in self._armed if fault.hit]
        self.reached |= {point for point, _ in happened}
        if any(point.kills for point, _ in happened):
            down = time.monotonic()
            self.launched.kill()
            self._arm([one for one in self._armed if one not in happened])
            self.launched.start()
            self.flyte.close()
            self.flyte = self._connect()
            self.story.down.append((down, time.monotonic()))
        elif happened:
            self._armed = [one for one in self._armed if one not in happened]
