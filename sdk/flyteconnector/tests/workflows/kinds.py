"""Which kinds of values and of tasks do the tests send through a connector to a real ``pyflyte-execute``?"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from flytekit import Resources, Secret, StructuredDataset, current_context, task, workflow
from flytekit.exceptions.user import FlyteRecoverableException
from flytekit.types.directory import FlyteDirectory
from flytekit.types.file import FlyteFile
from squares import Echo


@dataclass
class Point:
    x: int
    name: str


@task(task_config=Echo())
def mirror(point: Point) -> Point:
    return Point(-point.x, point.name.upper())


@task(task_config=Echo())
def shout(file: FlyteFile) -> FlyteFile:
    target = Path(current_context().working_directory) / "loud.txt"
    target.write_text(Path(file).read_text().upper())
    return FlyteFile(str(target))


@task(task_config=Echo())
def split(folder: FlyteDirectory) -> FlyteDirectory:
    target = Path(current_context().working_directory) / "parts"
    target.mkdir()
    for file in Path(folder).iterdir():
        (target / f"{file.stem}-copy.txt").write_text(file.read_text())
    return FlyteDirectory(str(target))


@task(task_config=Echo())
def double(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(twice=frame.n * 2)


@task(task_config=Echo())
def rows(dataset: StructuredDataset) -> StructuredDataset:
    frame = dataset.open(pd.DataFrame).all()
    return StructuredDataset(dataframe=frame.head(1))


@task(task_config=Echo(), cache=True, cache_version="1")
def remembered(n: int) -> int:
    return n * n


@task(task_config=Echo(), retries=2)
def third_time(n: int) -> int:
    """Fails in its first two attempts; the connector says how often there was one before."""
    attempt = int(os.environ["FLYTE_ATTEMPT_NUMBER"])
    if attempt < 2:
        raise FlyteRecoverableException(f"attempt {attempt}")
    return n + attempt


@task(
    task_config=Echo(),
    interruptible=True,
    secret_requests=[Secret(group="bank", key="pin")],
    requests=Resources(cpu="500m", mem="1Gi"),
    limits=Resources(gpu="1"),
)
def demanding(n: int) -> int:
    return n


@workflow
def chain(point: Point) -> Point:
    return mirror(point=mirror(point=point))
