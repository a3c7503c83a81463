"""Which tasks are written as wire fixtures? One with nothing set, one with everything set, and one with a pod of its
own."""

from __future__ import annotations

from datetime import timedelta

from flytekit import PodTemplate, Resources, Secret, task
from kubernetes.client import V1Container, V1EnvVar, V1PodSpec, V1Toleration

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


@task(
    task_config=Job(completions=2),
    pod_template=PodTemplate(
        primary_container_name="main",
        labels={"team": "flights"},
        annotations={"example.com/owner": "flights"},
        pod_spec=V1PodSpec(
            containers=[
                V1Container(name="main", env=[V1EnvVar(name="COLOUR", value="blue")]),
                V1Container(name="sidecar", image="registry.example.com/sidecar:v1", command=["serve"]),
            ],
            tolerations=[V1Toleration(key="gpu", operator="Exists", effect="NoSchedule")],
        ),
    ),
    container_image="registry.example.com/flights:v1",
    requests=Resources(cpu="500m", mem="256Mi", gpu="1"),
    secret_requests=[Secret(group="bank", key="pin")],
)
def in_pod(n: int) -> int:
    return n
