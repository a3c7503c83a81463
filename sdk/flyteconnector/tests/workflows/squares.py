"""Which tasks do the tests send through a connector? Imported here, by scripts, and by
``pyflyte-execute``."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from flytekit import PodTemplate, PythonFunctionTask, task
from flytekit.extend import TaskPlugins
from flytekit.types.file import FlyteFile

from flyteconnector.flyte1 import RemoteTaskMixin

TASK_TYPE = "echo_job"


@dataclass(frozen=True)
class Echo:
    """The configuration of a task type that exists only in these tests."""


class EchoTask(RemoteTaskMixin, PythonFunctionTask[Echo]):
    launch_variable = "ECHO_LAUNCHED"

    def __init__(self, task_config, task_function, **kwargs):
        super().__init__(task_config=task_config, task_function=task_function, task_type=TASK_TYPE, **kwargs)


TaskPlugins.register_pythontask_plugin(Echo, EchoTask)


class Both(NamedTuple):
    square: int
    half: float


class One(NamedTuple):
    square: int


@task(task_config=Echo())
def square(n: int) -> int:
    if n < 0:
        raise ValueError(f"negative {n}")
    return n * n


@task(task_config=Echo(), retries=2)
def stubborn(n: int) -> int:
    return square.task_function(n)


@task(task_config=Echo(), environment={"GREETING": "hello"})
def where(n: int) -> tuple[int, str]:
    return os.getpid(), os.environ["GREETING"]


@task(task_config=Echo())
def both(n: int) -> Both:
    return Both(n * n, n / 2)


@task(task_config=Echo())
def one(n: int) -> One:
    return One(n * n)


@task(task_config=Echo())
def nothing(n: int) -> None:
    if n < 0:
        raise ValueError(f"negative {n}")


@task(task_config=Echo(), pod_template=PodTemplate(primary_container_name="main"))
def in_pod(n: int) -> int:
    return n * n


@task(task_config=Echo())
def size(file: FlyteFile) -> int:
    return Path(file).stat().st_size


@task(task_config=Echo())
def sleep(seconds: int) -> int:
    time.sleep(seconds)
    return seconds
