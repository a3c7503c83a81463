"""Which tasks do the tests run as several workers? Here and inside ``pyflyte-execute``."""

from __future__ import annotations

import os
from pathlib import Path

from flytekit import current_context, task, workflow
from flytekit.types.directory import FlyteDirectory

from flytekitplugins.larkspur import DoneWhen, Job, worker


@task(task_config=Job(completions=4))
def index_times(n: int) -> str:
    me = worker()
    if n < 0 and me.index == -n:
        raise ValueError(f"worker {me.index} of {me.count} refuses {n}")
    return f"{me.index} of {me.count}, {n}"


def lose(n: int) -> str:
    raise ValueError("lost")


@task(task_config=Job(completions=4, backoff_limit_per_index=1))
def forgiving(n: int) -> str:
    return lose(n)


@task(task_config=Job(completions=4, done_when=DoneWhen.FIRST_WORKER))
def first_decides(n: int) -> str:
    return lose(n)


@task(task_config=Job(completions=4))
def share_squares(n: int) -> FlyteDirectory:
    me = worker()
    file = Path(current_context().working_directory) / f"{me.index}.txt"
    file.write_text(str(me.index**2 + n))
    me.share(file)
    me.share(file.parent, name=f"folder-{me.index}")
    return me.shared()


@task
def total(shared: FlyteDirectory) -> int:
    return sum(int(file.read_text()) for file in Path(shared).glob("*.txt"))


@workflow
def sum_of_squares(n: int) -> int:
    return total(shared=share_squares(n=n))


@task(task_config=Job(completions=4), enable_deck=True)
def slow_steps(n: int) -> int:
    for step in range(4):
        worker().progress(step / 4, f"step {step} of 4")
    worker().progress(1, "done")
    return n


@task(task_config=Job(completions=4), enable_deck=True)
def deck_then_exit(n: int) -> int:
    worker().progress(0.25, "a <b>")
    os._exit(3)
    return n
