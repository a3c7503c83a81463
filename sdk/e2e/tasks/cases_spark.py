"""Which Spark tasks do the end-to-end tests run? Each does one thing that can happen to one."""

from __future__ import annotations

import os
import time

import pandas as pd
from flytekit import Resources, StructuredDataset, current_context, task, workflow
from pyspark import BarrierTaskContext
from pyspark.sql import DataFrame

from flytekitplugins.larkspur import Spark

IMAGE = "larkspur/spark:local"
SMALL = Resources(cpu="1", mem="900Mi")


def one_each(_):
    """Run in all executors at the same time, and return which process this is, and a variable of its pod."""
    BarrierTaskContext.get().barrier()
    yield os.getpid(), os.environ.get("GREETING", ""), os.environ.get("LARKSPUR_SPARK", "")


def executors() -> list[tuple[int, str, str]]:
    context = current_context().spark_session.sparkContext
    return context.parallelize(range(2), 2).barrier().mapPartitions(one_each).collect()


@task(
    task_config=Spark(executors=2),
    container_image=IMAGE,
    requests=SMALL,
    environment={"GREETING": "hello"},
    enable_deck=True,
)
def who(n: int) -> tuple[int, list[str], str]:
    """Return a sum that the executors made, what they saw, and what the driver is."""
    seen = executors()
    total = current_context().spark_session.range(n).groupBy().sum().collect()[0][0]
    words = sorted({f"{greeting} {role}" for _, greeting, role in seen})
    return total, [str(len({pid for pid, _, _ in seen})), *words], os.environ["LARKSPUR_SPARK"]


@task(task_config=Spark(executors=1), container_image=IMAGE, requests=SMALL)
def squares(n: int) -> DataFrame:
    return current_context().spark_session.range(n).selectExpr("id", "id * id as square")


@task(task_config=Spark(executors=1), container_image=IMAGE, requests=SMALL)
def odd(table: StructuredDataset) -> DataFrame:
    return table.open(DataFrame).all().where("id % 2 = 1")


@task
def names(table: pd.DataFrame) -> list[int]:
    return sorted(int(value) for value in table.square)


@workflow
def odd_squares(n: int) -> list[int]:
    return names(table=odd(table=squares(n=n)))


@task(task_config=Spark(executors=1), container_image=IMAGE, requests=SMALL)
def refuse(n: int) -> int:
    if n > 0:
        raise ValueError(f"no {n} for größere Zahlen")
    return n


@task(task_config=Spark(executors=2), container_image=IMAGE, requests=SMALL)
def linger(seconds: int) -> int:
    """Take some time, once the executors are there, and return how much."""
    print(f"executors: {len(executors())}", flush=True)
    time.sleep(seconds)
    return seconds


def hoard(_):
    kept = [b"x" * (1 << 20) for _ in range(3000)]
    time.sleep(30)
    yield len(kept)


@task(
    task_config=Spark(executors=1, spark_conf={"spark.task.maxFailures": "1"}),
    container_image=IMAGE,
    requests=SMALL,
)
def too_much() -> int:
    """Take memory in an executor that its limit does not allow."""
    return current_context().spark_session.sparkContext.parallelize(range(1), 1).mapPartitions(hoard).sum()


@task(task_config=Spark(executors=1), container_image="registry.example.com/nobody/nothing:1", requests=SMALL)
def without_image() -> int:
    """Never starts: no node knows this image."""
    return 0
