"""What does a user's file look like? `pyflyte run examples/paid_connector/workflow.py better --samples 20000`."""

from __future__ import annotations

from typing import NamedTuple

from flytekit import task, workflow

from paid_connector import PaidJob, PaidTask

rough = PaidTask("paid_connector.rough", PaidJob(workers=1, seconds=2))
fine = PaidTask("paid_connector.fine", PaidJob(workers=2, seconds=2))


class Bought(NamedTuple):
    """What the money was spent for."""

    pi: float
    standard_error: float
    dollars: float


@task
def times_hundred(samples: int) -> int:
    """An ordinary task between the two paid ones."""
    return 100 * samples


@task
def total(first: float, second: float) -> float:
    return first + second


@workflow
def better(samples: int = 1000) -> Bought:
    """Buy a rough estimate, then one of a hundred times as many samples."""
    first = rough(samples=samples)
    second = fine(samples=times_hundred(samples=samples))
    return Bought(second.pi, second.standard_error, total(first=first.dollars, second=second.dollars))
