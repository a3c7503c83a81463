"""What becomes of a task when its resource, the connector or a call of Flyte is lost? Each row is a function."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from connector_sanity.begin import begin, ending, hold
from connector_sanity.breaking import Aside, hits, live, making
from connector_sanity.cluster import until
from connector_sanity.engine import TERMINAL_FAILURES, phase
from connector_sanity.faults import Mode
from devkit.faults_api import BUSY, failed, fine, one, within
from devkit.faults_world import World, timed

REAP = 30.0
"""Seconds until an older attempt is gone."""


def silent_operator(world: World) -> str:
    """Nobody writes a status."""
    task, _ = begin(world.flyte, world.cluster)
    time.sleep(2)
    told = world.flyte.get(task)
    assert phase(told) in ("QUEUED", "WAITING_FOR_RESOURCES", "INITIALIZING"), (
        f"{phase(told)} {told.message!r}"
    )
    assert told.message, "there is no message that says what the task waits for"
    return f"{phase(told)}, “{told.message}”"


def deleted(world: World) -> str:
    """Somebody deletes the Job."""
    task, it = world.running()
    world.cluster.delete(it)
    told = world.flyte.wait(task, TERMINAL_FAILURES)
    assert phase(told) == "RETRYABLE_FAILED", phase(told)
    return f"{phase(told)}, “{told.message}”"


def held(world: World) -> str:
    """A finalizer holds the Job."""
    task, it = world.running()
    it = hold(world.cluster, it)
    gone = fine(world.delete(task))
    told = world.flyte.wait(task, TERMINAL_FAILURES)
    other, new = begin(world.flyte, world.cluster, case=task.prefix.split("/")[-3], attempt=1)
    assert new["metadata"]["name"] != it["metadata"]["name"]
    world.cluster.release(it)
    world.delete(other)
    return f"DeleteTask {gone}; then {phase(told)}; the next attempt has another name"


def pod_reasons(world: World) -> str:
    """A pod out of memory; one that is evicted."""
    said = []
    dead = {"exitCode": 137, "reason": "OOMKilled", "finishedAt": "{now}", "startedAt": "{created}"}
    container = {"name": "main", "image": "none:1", "imageID": "", "ready": False, "restartCount": 0}
    statuses = {
        "OOMKilled": {"phase": "Failed", "containerStatuses": [container | {"state": {"terminated": dead}}]},
        "Evicted": {
            "phase": "Failed",
            "reason": "Evicted",
            "message": "The node was low on resource: memory.",
        },
    }
    for reason, status in statuses.items():
        task, it = begin(world.flyte, world.cluster)
        world.operator.pod(it, status)
        world.operator.play(it, "failed")
        told = world.flyte.wait(task, TERMINAL_FAILURES)
        assert reason in told.message, f"{reason}: {told.message!r}"
        said.append(f"{reason}: {phase(told)}, “{told.message}”")
    return ". ".join(said)


def killed_creating(world: World) -> str:
    """SIGKILL between create and answer; the next attempt, and in another case the same create again."""
    again, said = [], ""
    for attempt in (0, 1):  # of the create after the kill
        before, faults = world.cluster.uids(), making(world.cluster, Mode.HOLD)
        case = f"killed{attempt}"
        world.proxy.break_(*faults)
        call = Aside(lambda about: timed(lambda: world.flyte.create(**about)), {"case": case})
        until(lambda faults=faults: hits(faults), "the Job is made")
        world.kill()
        world.proxy.heal()
        call.join(15)
        said = str(failed(call.answer, *BUSY, "CANCELLED"))
        world.restart()
        fine(world.create(case=case, attempt=attempt))
        began = time.monotonic()
        until(lambda before=before: len(live(world.cluster.since(before))) == 1, "one Job is left", REAP)
        again.append(within(time.monotonic() - began))
    return f"CreateTask {said}; the same again: one Job; the next attempt: one Job {again[1]}"


def killed(world: World) -> str:
    """The only connector is killed, two polls come, it starts again."""
    task, _ = world.running()
    world.kill()
    polls = [failed(world.get(task), *BUSY).code for _ in range(2)]
    began = time.monotonic()
    world.restart()
    world.flyte.wait(task, ["RUNNING"])
    return f"2 polls: {', '.join(polls)}; RUNNING {time.monotonic() - began:.1f} s after the new start"


def twice(world: World) -> str:
    """The same create 10 times, and 20 times at once."""
    answers = []
    for number, threads in ((10, 1), (20, 20)):
        before, request = world.cluster.uids(), world.flyte.request()
        with ThreadPoolExecutor(threads) as pool:
            calls = pool.map(lambda _, request=request: world.flyte.create(request).meta, range(number))
            metas = set(calls)
        one(world, before)
        assert len(metas) == 1, f"{len(metas)} different answers"
        answers.append(f"{number} times: 1 Job, 1 answer")
    return "; ".join(answers)


def _next_attempt(world: World, what: str) -> str:
    """Begin the next attempt of a task that runs, and return how long the one before stays."""
    case = f"{what}{time.monotonic_ns()}"
    task, it = begin(world.flyte, world.cluster, case=case)
    world.operator.play(it, "running")
    world.flyte.wait(task, ["RUNNING"])
    _, new = begin(world.flyte, world.cluster, case=case, attempt=1)
    began = time.monotonic()
    until(lambda: ending(world.cluster, it), "the attempt before is deleted", REAP)
    assert not ending(world.cluster, new), "the new attempt is deleted"
    return f"the attempt before is deleted {within(time.monotonic() - began)}, the new one stays"


def delete_not_sent(world: World) -> str:
    """The next attempt starts without a delete of the one before."""
    return _next_attempt(world, "delete")


def answer_not_heard(world: World) -> str:
    """The engine never hears of what was made, and starts the next attempt."""
    return _next_attempt(world, "answer")
