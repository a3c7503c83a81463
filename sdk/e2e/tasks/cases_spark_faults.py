"""Which Spark tasks run into trouble? PySpark is imported where they run: the tests that send them have none."""

from __future__ import annotations

import time

from flytekit import Resources, current_context, task

from flytekitplugins.larkspur import Spark

IMAGE = "larkspur/spark:local"
SMALL = Resources(cpu="1", mem="900Mi")


@task(task_config=Spark(executors=1), container_image=IMAGE, requests=SMALL)
def sleepy(seconds: int) -> int:
    """Compute with an executor, then take some time."""
    total = current_context().spark_session.range(10).count()
    print(f"counted {total}", flush=True)
    time.sleep(seconds)
    return total


@task(task_config=Spark(executors=1), container_image=IMAGE, requests=Resources(cpu="9999", mem="900Mi"))
def starve(seconds: int) -> int:
    """Never starts: no node has so many CPUs."""
    return seconds


@task(
    task_config=Spark(
        executors=1, submission_retries=1, driver_pod={"spec": {"serviceAccountName": "nobody-there"}}
    ),
    container_image=IMAGE,
    requests=SMALL,
)
def refused(seconds: int) -> int:
    """Kubernetes refuses the driver's pod, so spark-submit fails, each time."""
    return seconds
