"""Which tasks of Flyte 2 do the tests send through a connector? Imported here, by scripts, by ``flyte run`` and by
``a0``."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import flyte
from flyte.extend import TaskPluginRegistry

from flyteconnector.flyte2 import RemoteFunctionTask

TASK_TYPE = "echo_job"
WORKFLOWS = Path(__file__).parent


@dataclass(frozen=True)
class Echo:
    """The configuration of a task type that exists only in these tests."""

    said: str = "once"


@dataclass(kw_only=True)
class EchoTask(RemoteFunctionTask):
    task_type: str = TASK_TYPE
    plugin_config: Echo

    def custom_config(self, sctx):
        return {"said": self.plugin_config.said}


TaskPluginRegistry.register(Echo, EchoTask)

env = flyte.TaskEnvironment(name="squares2", plugin_config=Echo(), env_vars={"GREETING": "hello"})
parents = flyte.TaskEnvironment(name="parents", depends_on=[env])


@env.task
def square(n: int) -> int:
    if n < 0:
        raise ValueError(f"negative {n}")
    return n * n


@env.task
async def asquare(n: int) -> int:
    return n * n


@env.task(retries=flyte.RetryStrategy(count=2, backoff=flyte.Backoff(base=timedelta(seconds=0.01))))
async def stubborn(n: int) -> int:
    return n * n


@env.task
def both(n: int) -> tuple[int, float]:
    return n * n, n / 2


@env.task
def nothing(n: int) -> None:
    pass


@env.task
def where(n: int) -> tuple[int, str]:
    return os.getpid(), os.environ["GREETING"]


@env.task
def sleep(n: int) -> int:
    time.sleep(n)
    return n


@env.task
async def hopeless(n: int) -> int:
    raise flyte.errors.NonRecoverableError(f"there is no {n}")


@env.task(cache="auto")
async def cached(n: int) -> int:
    return n * n


@parents.task
async def sum_of_squares(n: int) -> int:
    return sum(await asyncio.gather(*(asquare(i) for i in range(n))))


@parents.task
def mapped(n: int) -> list[int]:
    return list(flyte.map(square, range(n)))


@parents.task
async def twice(n: int) -> int:
    return await asquare(await square.aio(n))


@parents.task
async def fail_beside_sleep(n: int) -> None:
    """Raise while another task runs, and do not wait for it."""

    async def fail() -> None:
        await asyncio.sleep(2)
        raise ArithmeticError("the parent has failed")

    await asyncio.gather(sleep.aio(n), asleep(n), fail())


@env.task
async def asleep(n: int) -> int:
    await asyncio.sleep(n)
    return n


demanding = env.clone_with(
    "demanding",
    image="registry.example.com/flights:v1",
    resources=flyte.Resources(cpu=("500m", "1"), memory=("256Mi", "512Mi")),
    secrets=[flyte.Secret(key="password", group="warehouse", as_env_var="WAREHOUSE_PASSWORD")],
    env_vars={"PYTHONPATH": "mine", "GREETING": "hello"},
    interruptible=True,
)


@demanding.task(retries=2, timeout=timedelta(minutes=30))
async def demand(n: int) -> int:
    return n * n


@env.task(pod_template=flyte.PodTemplate(primary_container_name="main", labels={"team": "flights"}))
async def podded(n: int) -> int:
    return n * n


@dataclass(frozen=True)
class Launched:
    """The configuration of a task type whose plugin marks the containers that it starts."""


@dataclass(kw_only=True)
class LaunchedTask(EchoTask):
    task_type: str = "launched_job"
    plugin_config: Launched
    launch_variable: ClassVar[str] = "ECHO_LAUNCHED"

    def custom_config(self, sctx):
        return {"launched": True}


TaskPluginRegistry.register(Launched, LaunchedTask)


launches = flyte.TaskEnvironment(name="launches", plugin_config=Launched())


@launches.task(retries=2)
async def launched(n: int) -> int:
    return n * n
