"""Which tasks of Flyte 2 do the tests run as several workers? Here and inside ``a0``."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import flyte
from flyte.io import Dir

from flyteplugins.larkspur import DoneWhen, Job, worker

four = flyte.TaskEnvironment(name="four", plugin_config=Job(completions=4))
patient = flyte.TaskEnvironment(name="patient", plugin_config=Job(completions=4, backoff_limit_per_index=1))
first = flyte.TaskEnvironment(name="first", plugin_config=Job(completions=4, done_when=DoneWhen.FIRST_WORKER))
parents = flyte.TaskEnvironment(name="parents", depends_on=[four])


@four.task
def index_times(n: int) -> str:
    me = worker()
    if n < 0 and me.index == -n:
        raise ValueError(f"worker {me.index} of {me.count} refuses {n}")
    return f"{me.index} of {me.count}, {n}"


@four.task
async def index_of(n: int) -> str:
    return f"{worker().index} of {worker().count}, {n}"


@patient.task
def forgiving(n: int) -> str:
    raise ValueError("lost")


@first.task
async def first_decides(n: int) -> str:
    raise ValueError("lost")


@four.task
def share_squares(n: int) -> Dir:
    me = worker()
    with tempfile.TemporaryDirectory() as folder:
        file = write_square(Path(folder), n)
        me.share(file)
        me.share(file.parent, name=f"folder-{me.index}")
    return me.shared()


@four.task
async def share_squares_too(n: int) -> Dir:
    me = worker()
    with tempfile.TemporaryDirectory() as folder:
        await me.share.aio(write_square(Path(folder), n))
    return me.shared()


def write_square(folder: Path, n: int) -> Path:
    file = folder / f"{worker().index}.txt"
    file.write_text(str(worker().index ** 2 + n))
    return file


@parents.task
async def sums_of_squares(n: int) -> list[int]:
    shared = await asyncio.gather(share_squares.aio(n), share_squares_too(n), share_squares.aio(n + 1))
    return [sum(int(file.read_text()) for file in Path(each.path).glob("*.txt")) for each in shared]
