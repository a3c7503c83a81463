"""What does the connector do when Kubernetes' API breaks? The rows of the fault matrix that break it, each a function.

A row returns what was measured, in a sentence, and raises AssertionError when the connector did something else.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator

from connector_sanity.breaking import Aside, live, making
from connector_sanity.cluster import until
from connector_sanity.engine import TERMINAL_FAILURES, phase
from connector_sanity.faults import Fault, Mode
from devkit.faults_world import DEADLINE, Told, World, timed

LIMIT = DEADLINE + 0.9
"""Seconds within which each call has to be answered."""
BUSY = ("UNAVAILABLE", "RESOURCE_EXHAUSTED")


@contextlib.contextmanager
def broken(world: World, *faults: Fault, cut: bool = False) -> Iterator[None]:
    """Break calls while the block runs."""
    world.proxy.break_(*faults)
    if cut:
        world.proxy.cut()
    try:
        yield
    finally:
        world.proxy.heal()


def fine(told: Told) -> Told:
    """Return what was told, when it was OK."""
    assert told.code == "OK", f"{told}: {told.words}; OK would be right"
    return told


def failed(told: Told, *codes: str) -> Told:
    """Return what was told, when it was one of these errors, in time."""
    assert told.code in codes, f"{told}: {told.words}; {' or '.join(codes)} would be right"
    assert told.seconds <= LIMIT, f"{told}; at most {LIMIT} s would be right"
    return told


def one(world: World, before: set[str]) -> None:
    """Raise AssertionError unless there is one live resource more than before."""
    made = live(world.cluster.since(before))
    assert len(made) == 1, f"{len(made)} live Jobs; 1 would be right"


def none(world: World, before: set[str], seconds: float = DEADLINE + 4) -> float:
    """Return after how many seconds there is no live resource more than before."""
    began = time.monotonic()
    until(lambda: not live(world.cluster.since(before)), "what a failed create has made is deleted", seconds)
    return time.monotonic() - began


def within(seconds: float) -> str:
    """Return whole seconds, in words."""
    return f"within {max(1, math.ceil(seconds))} s"


def made_and_ended(world: World, create: tuple[Fault, ...], delete: tuple[Fault, ...]) -> str:
    """Break a create, which has to work and make one Job, then the delete of it."""
    before = world.cluster.uids()
    with broken(world, *create):
        created = fine(world.create())
    assert any(fault.hit for fault in create), "the create was not broken"
    one(world, before)
    with broken(world, *delete):
        deleted = fine(world.delete(created.answer))
    assert any(fault.hit for fault in delete) or not delete, "the delete was not broken"
    until(lambda: not live(world.cluster.since(before)), "the Job is deleted")
    ended = f"; DeleteTask {deleted}" if delete else ""
    return f"CreateTask {created}, one Job{ended}"


def deleting(world: World, mode: Mode, **about: int) -> tuple[Fault, ...]:
    """Return the fault that breaks a delete."""
    return (Fault(mode, verb="delete", resource=world.cluster.plural, **about),)  # type: ignore[arg-type]


def restart(world: World) -> str:
    """Every connection is refused for 4 s."""
    task, _ = world.running()
    with broken(world, Fault(Mode.REFUSE, times=-1), cut=True):
        call = Aside(lambda: timed(world.flyte.create))
        said = world.polls(task)
        time.sleep(4)
    call.join(LIMIT)
    created = fine(call.answer)
    return f"CreateTask, sent meanwhile: {created}; {said}"


def away(world: World) -> str:
    """The same for 5 minutes, with a poll every 30 s."""
    task, it = world.running()
    with broken(world, Fault(Mode.REFUSE, times=-1), cut=True):
        created = failed(world.create(), *BUSY)
        for _ in range(10):
            time.sleep(30)
            said = world.polls(task, 1)
        world.operator.play(it, "succeeded")
    began = time.monotonic()
    world.flyte.wait(task, ["SUCCEEDED"], 60)
    seen = time.monotonic() - began
    return f"CreateTask {created}; 10 polls in 5 minutes, the last one: {said[9:]}; its end was told {seen:.0f} s after"


def slow(world: World) -> str:
    """A create is done 3 s later, then one 12 s later, and what the connector tries meanwhile gets no answer."""
    before = world.cluster.uids()
    with broken(world, *making(world.cluster, Mode.DELAY, seconds=3.0)):
        quick = fine(world.create())
    one(world, before)
    world.delete(quick.answer)
    before = world.cluster.uids()
    first = making(world.cluster, Mode.DELAY, seconds=12.0)
    with broken(world, *first, *making(world.cluster, Mode.SWALLOW, times=-1)):
        late = failed(world.create(), *BUSY)
        until(lambda: world.cluster.since(before), "the late create is done", 15)
    gone = none(world, before)
    return (
        f"3 s: CreateTask {quick}, one Job. 12 s: {late}; the Job that came after was deleted {within(gone)}"
    )


def conflict(world: World) -> str:
    """409 once."""
    return made_and_ended(world, making(world.cluster, Mode.STATUS, status=409), ())


def too_many(world: World) -> str:
    """429 three times, then for ever."""
    three = making(world.cluster, Mode.STATUS, times=3, status=429, retry_after=1)
    short = made_and_ended(world, three, ())
    before = world.cluster.uids()
    with broken(world, Fault(Mode.STATUS, times=-1, status=429, retry_after=1)):
        long = failed(world.create(), *BUSY)
    none(world, before)
    return f"Three: {short}. Without end: CreateTask {long}"


def internal(world: World) -> str:
    """500 once to each."""
    about = {"status": 500}
    return made_and_ended(
        world, making(world.cluster, Mode.STATUS, **about), deleting(world, Mode.STATUS, **about)
    )


def unavailable(world: World) -> str:
    """503 once, then twice with a time."""
    plain = made_and_ended(world, making(world.cluster, Mode.STATUS, status=503), ())
    again = making(world.cluster, Mode.STATUS, times=2, status=503, retry_after=1)
    return f"Without: {plain}. With: {made_and_ended(world, again, ())}"


def ends_before(world: World) -> str:
    """The connection ends before."""
    return made_and_ended(world, making(world.cluster, Mode.EOF_BEFORE), deleting(world, Mode.EOF_BEFORE))


def create_lost(world: World) -> str:
    """The connection ends after a create."""
    return made_and_ended(world, making(world.cluster, Mode.EOF_AFTER), ())


def delete_lost(world: World) -> str:
    """The connection ends after a delete."""
    task, _ = world.running()
    with broken(world, *deleting(world, Mode.EOF_AFTER)):
        deleted = fine(world.delete(task))
    world.flyte.wait(task, TERMINAL_FAILURES)
    return f"DeleteTask {deleted}; then {phase(world.flyte.get(task))}"


def swallowed(world: World) -> str:
    """Requests go in, and nothing comes out."""
    task, _ = world.running()
    before = world.cluster.uids()
    with broken(world, Fault(Mode.SWALLOW, times=-1), cut=True):
        created = failed(world.create(), *BUSY)
        said = world.polls(task)
    none(world, before)
    world.flyte.wait(task, ["RUNNING"])
    return f"CreateTask {created}, no Job; {said}"
