"""Which tasks are written as wire fixtures? One with nothing set, and one with everything set."""

from __future__ import annotations

from datetime import timedelta

from flytekit import Resources, task

from flytekitplugins.larkspur import DoneWhen, Job


@task(task_config=Job())
def minimal(n: int) -> int:
    return n


@task(
    task_config=Job(
        completions=4,
        parallelism=2,
        backoff_limit_per_index=1,
        max_failed_indexes=3,
        ttl_seconds_after_finished=3600,
        done_when=DoneWhen.FIRST_WORKER,
    ),
    container_image="registry.example.com/flights:v1",
    requests=Resources(cpu="500m", mem="256Mi"),
    limits=Resources(cpu="1", mem="512Mi"),
    environment={"GREETING": "hello"},
    retries=2,
    timeout=timedelta(minutes=30),
    interruptible=True,
)
def maximal(n: int, name: str) -> tuple[int, str]:
    return n, name
