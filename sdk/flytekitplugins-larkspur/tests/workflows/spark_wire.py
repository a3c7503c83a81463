"""Which Spark tasks are written as wire fixtures? One with nothing set, and one with everything set."""

from __future__ import annotations

from datetime import timedelta

from flytekit import Resources, task

from flytekitplugins.larkspur import Spark


@task(task_config=Spark())
def minimal(n: int) -> int:
    return n


@task(
    task_config=Spark(
        spark_conf={"spark.sql.shuffle.partitions": "64", "spark.executor.cores": "4"},
        executors=8,
        driver_pod={"metadata": {"labels": {"role": "boss"}}},
        executor_pod={
            "spec": {
                "terminationGracePeriodSeconds": 60,
                "containers": [{"name": "primary", "env": [{"name": "OMP_NUM_THREADS", "value": "1"}]}],
            }
        },
        main_application_file="local:///usr/local/bin/entrypoint.py",
        submission_retries=3,
        ttl_seconds_after_finished=3600,
    ),
    container_image="registry.example.com/flights:v1",
    requests=Resources(cpu="1500m", mem="2Gi"),
    limits=Resources(cpu="2", mem="3Gi"),
    environment={"GREETING": "hello"},
    retries=2,
    timeout=timedelta(minutes=30),
    interruptible=True,
)
def maximal(n: int, name: str) -> tuple[int, str]:
    return n, name
