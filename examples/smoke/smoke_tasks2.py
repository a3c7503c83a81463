"""Which tasks does `nox -s smoke -- --flyte2` run? The same three as on a Flyte 1, in the words of Flyte 2's SDK."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

import flyte
from flyte import storage
from smoke_agreed import PATIENCE, WORDS, WORKERS

from flyteplugins.larkspur import Job, worker

IMAGE = "smoke"  # the name under which the smoke test tells the SDK which image that is
alone = flyte.TaskEnvironment("smoke", plugin_config=Job(), image=flyte.Image.from_ref_name(IMAGE))
pair = flyte.TaskEnvironment(
    "smoke-pair", plugin_config=Job(completions=WORKERS), image=flyte.Image.from_ref_name(IMAGE)
)


@pair.task
async def add_up(n: int) -> int:
    """Add the numbers below n: each worker takes its share, and worker 0 adds what all have shared."""
    me = worker()
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder, f"part-{me.index}")
        part.write_text(str(sum(range(me.index, n, me.count))))
        await me.share.aio(part)
        parts = range(me.count if me.index == 0 else 0)
        return sum([await _part(me.shared_folder, index, folder) for index in parts])


async def _part(shared: str, index: int, folder: str) -> int:
    """Wait for what a worker has shared, and return it."""
    place, deadline = storage.join(shared, f"part-{index}"), time.monotonic() + PATIENCE
    while not await storage.exists(place):
        if time.monotonic() > deadline:
            raise TimeoutError(f"worker {index} has not shared {place} within {PATIENCE:g} s")
        await asyncio.sleep(1)
    return int(Path(await storage.get(place, str(Path(folder, f"from-{index}")))).read_text())


@alone.task
def decline(n: int) -> int:
    """Raise an exception, for any n but 0, whose words the user has to find in Flyte."""
    if n:
        raise ValueError(f"{WORDS}, n = {n}")
    return n


@pair.task
def linger(seconds: int) -> int:
    """Take longer than anybody waits."""
    time.sleep(seconds)
    return seconds
