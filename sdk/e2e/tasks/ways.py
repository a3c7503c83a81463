"""In which ways can a task be run? Each of these is one of them."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from flytekit import PodTemplate, Secret, StructuredDataset, current_context, dynamic, eager, task, workflow
from flytekit.types.directory import FlyteDirectory
from flytekit.types.file import FlyteFile
from kubernetes.client import V1Container, V1EnvVar, V1PodSpec

from flytekitplugins.larkspur import Job, worker


@dataclass
class Part:
    index: int
    names: list[str]


@task(task_config=Job())
def write(text: str) -> FlyteFile:
    target = Path(current_context().working_directory) / "text.txt"
    target.write_text(text)
    return FlyteFile(str(target))


@task(task_config=Job(completions=2))
def count(file: FlyteFile) -> FlyteDirectory:
    me = worker()
    target = Path(current_context().working_directory) / f"{me.index}.txt"
    target.write_text(str(Path(file).read_text().split()[me.index :: me.count]))
    me.share(target)
    return me.shared()


@task(task_config=Job())
def collect(folder: FlyteDirectory) -> Part:
    files = sorted(Path(folder).glob("*.txt"))
    return Part(index=len(files), names=[file.read_text() for file in files])


@task(task_config=Job())
def longest(part: Part) -> pd.DataFrame:
    return pd.DataFrame({"length": [len(name) for name in part.names]})


@task(task_config=Job())
def largest(frame: StructuredDataset) -> int:
    return int(frame.open(pd.DataFrame).all().length.max())


@workflow
def chain(text: str) -> int:
    return largest(frame=longest(part=collect(folder=count(file=write(text=text)))))


@task(task_config=Job())
def double(n: int) -> int:
    return 2 * n


@dynamic
def doubles(n: int) -> list[int]:
    return [double(n=i) for i in range(n)]


@eager
async def sum_of_doubles(n: int) -> int:
    """One after the other: in an eager workflow, the call of a task that is no coroutine waits for its value."""
    return sum([double(n=i) for i in range(n)])


@task(task_config=Job(), retries=2)
def second_time(n: int) -> int:
    """Fails in the first attempt."""
    attempt = int(os.environ["FLYTE_ATTEMPT_NUMBER"])
    if attempt == 0:
        raise ValueError("the first attempt")
    return n + attempt


@task(
    task_config=Job(),
    interruptible=True,
    secret_requests=[Secret(group="bank", key="pin")],
    pod_template=PodTemplate(
        primary_container_name="main",
        labels={"team": "flights"},
        pod_spec=V1PodSpec(
            containers=[V1Container(name="main", env=[V1EnvVar(name="COLOUR", value="blue")])]
        ),
    ),
)
def colour() -> str:
    return os.environ["COLOUR"]


@task(task_config=Job(completions=2), enable_deck=True)
def steps(n: int) -> int:
    for step in range(n):
        worker().progress(step / n, f"step {step}")
        time.sleep(0.2)
    worker().progress(1, "all steps done")
    return n


@task(task_config=Job(), cache=True, cache_version="1")
def remembered(n: int) -> int:
    return n * n
