"""Which tasks do the end-to-end tests run? Each does one thing that can happen to a task."""

from __future__ import annotations

import time
from datetime import timedelta

from flytekit import Resources, task

from flytekitplugins.larkspur import Job, worker


@task(task_config=Job())
def divide(a: int, b: int) -> float:
    """Raises what Python raises when b is 0."""
    return a / b


@task(task_config=Job(), limits=Resources(mem="400Mi"))
def hoard(mebibytes: int) -> int:
    """Take memory that the limit does not allow, and keep it long enough to be seen."""
    kept = [b"x" * (1 << 20) for _ in range(mebibytes)]
    time.sleep(30)
    return len(kept)


@task(task_config=Job(), container_image="registry.example.com/nobody/nothing:1")
def without_image() -> int:
    """Never starts: no node knows this image."""
    return 0


@task(task_config=Job(completions=2), requests=Resources(cpu="9999"))
def starve() -> int:
    """Never starts: no node has so many CPUs."""
    return 0


@task(task_config=Job(completions=2))
def linger(seconds: int) -> int:
    """Take some time, and return how much."""
    for second in range(seconds):
        print(f"worker {worker().index}: second {second}", flush=True)
        time.sleep(1)
    return seconds


@task(task_config=Job(), timeout=timedelta(seconds=5))
def oversleep() -> int:
    """Takes longer than it may."""
    time.sleep(600)
    return 0


@task(task_config=Job())
def decline(depth: int) -> int:
    """Raises below many frames, with a text that is not ASCII; has an output to return."""
    return _below(depth)


@task(task_config=Job())
def decline_without_output(depth: int) -> None:
    """Raises in the same way; Flyte never looks at the files of a task that returns nothing."""
    _below(depth)


def _below(depth: int) -> int:
    if depth == 0:
        raise ValueError("größer als erlaubt: 42 µs > 7 µs")
    return _further(depth)


def _further(depth: int) -> int:
    return _below(depth - 1)
