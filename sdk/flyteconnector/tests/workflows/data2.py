"""Which kinds of data do the tests of Flyte 2 pass through a connector?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import flyte
import pandas as pd
from flyte.io import Dir, File
from squares2 import Echo

env = flyte.TaskEnvironment(name="data2", plugin_config=Echo())


@dataclass
class Flight:
    carrier: str
    delays: list[float]


@env.task
async def upper(file: File) -> File:
    text = Path(await file.download()).read_text()
    copy = File.new_remote("upper.txt")
    async with copy.open("wb") as out:
        await out.write(text.upper().encode())
    return copy


@env.task
async def sizes(files: list[File], folder: Dir, label: str = "bytes") -> dict[str, int]:
    found = [Path(await file.download()) for file in files]
    found += [Path(await file.download()) async for file in folder.walk()]
    return {f"{path.name} {label}": path.stat().st_size for path in found}


@env.task
def copied(folder: Dir) -> Dir:
    return Dir.from_local_sync(folder.download_sync())


@env.task
def worst(flight: Flight) -> Flight:
    return Flight(flight.carrier, [max(flight.delays)])


@env.task
def doubled(frame: pd.DataFrame) -> pd.DataFrame:
    return frame * 2
