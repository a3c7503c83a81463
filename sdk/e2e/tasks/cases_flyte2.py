"""Which tasks of Flyte 2 do the end-to-end tests run? Each does one thing that can happen to a task."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import flyte
from flyte.io import Dir

from flyteplugins.larkspur import Job, worker

IMAGE = "larkspur/task:local"
alone = flyte.TaskEnvironment(name="alone", plugin_config=Job(), image=IMAGE)
pair = flyte.TaskEnvironment(name="pair", plugin_config=Job(completions=2), image=IMAGE)
pod = flyte.PodTemplate(primary_container_name="main", labels={"team": "flights"})


@pair.task
async def who() -> str:
    """Return what worker 0 says of itself."""
    print(f"worker {worker().index} of {worker().count}", flush=True)
    return f"worker {worker().index} of {worker().count}"


@pair.task
def share() -> Dir:
    """Let each worker leave a file for the others."""
    me = worker()
    mine = Path(f"{me.index}.txt")
    mine.write_text(str(me.index))
    me.share(mine)
    return me.shared()


@alone.task
async def divide(a: int, b: int) -> float:
    """Raises what Python raises when b is 0."""
    return a / b


@alone.task(retries=2)
async def second_try(n: int) -> int:
    """Fails once."""
    if flyte.ctx().attempt_number == 0:
        raise ValueError("not yet")
    return n


@pair.task
def linger(seconds: int) -> int:
    """Take some time, and return how much."""
    for second in range(seconds):
        print(f"worker {worker().index}: second {second}", flush=True)
        time.sleep(1)
    return seconds


@alone.task(pod_template=pod)
async def podded() -> str:
    return "in a pod of the user's own"


@alone.task(pod_template=pod)
async def podded_with_an_input(n: int) -> int:
    return n


parents = flyte.TaskEnvironment(name="parents", depends_on=[alone, pair])


@parents.task
async def side_by_side() -> list[float]:
    """Run two Jobs at the same time."""
    return list(await asyncio.gather(divide(7, 2), divide(9, 2)))
