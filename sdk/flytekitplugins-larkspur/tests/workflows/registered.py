"""Which tasks do the tests package and register? One for each way in which a task may differ from the simplest."""

from __future__ import annotations

from datetime import timedelta

from flytekit import Cache, PodTemplate, Resources, Secret, task, workflow
from kubernetes.client import V1Container, V1PodSpec

from flytekitplugins.larkspur import DoneWhen, Job, worker


@task(task_config=Job(completions=4, parallelism=2, max_failed_indexes=3))
def configured(n: int) -> int:
    me = worker()
    return sum(range(me.index, n, me.count))


@task(
    task_config=Job(completions=2, done_when=DoneWhen.FIRST_WORKER),
    cache=Cache(version="flights-1", serialize=True),
    retries=2,
    timeout=timedelta(minutes=30),
    interruptible=True,
    requests=Resources(cpu="500m", mem="256Mi"),
    limits=Resources(cpu="1", mem="512Mi"),
    secret_requests=[Secret(group="warehouse", key="password", mount_requirement=Secret.MountType.FILE)],
    environment={"GREETING": "hello"},
)
def demanding(n: int) -> int:
    return n + 1


beside_another_container = PodTemplate(
    primary_container_name="main",
    labels={"team": "flights"},
    pod_spec=V1PodSpec(
        containers=[V1Container(name="log", image="registry.example.com/log:v1", args=["--follow"])],
        node_selector={"disk": "ssd"},
    ),
)


@task(task_config=Job(), pod_template=beside_another_container)
def in_pod(n: int) -> int:
    return n * 2


@workflow
def all_three(n: int = 10) -> int:
    return in_pod(n=demanding(n=configured(n=n)))
