"""What does a connector look like that is written in Python and asks the API server on every poll?

The benchmark compares ours with it. It is what flytekit's documentation leads to: an AsyncConnectorBase whose `get`
reads the Job with the Kubernetes client. `pyflyte serve connector --modules devkit.bench_connector` serves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flyteidl.core.execution_pb2 import TaskExecution, TaskLog
from flytekit.extend.backend.base_connector import (
    AsyncConnectorBase,
    ConnectorRegistry,
    Resource,
    ResourceMeta,
)
from kubernetes import client, config

TASK_TYPE = "bench_job"


@dataclass
class JobMeta(ResourceMeta):
    """Which Job is the task's."""

    namespace: str
    name: str


class JobConnector(AsyncConnectorBase):
    """Polls Jobs that somebody else has created; one API call for each poll."""

    name = "Job connector in Python"

    def __init__(self) -> None:
        super().__init__(task_type_name=TASK_TYPE, metadata_type=JobMeta)
        config.load_kube_config()
        self._jobs = client.BatchV1Api()  # keeps its connections open

    def create(self, **_: Any) -> JobMeta:
        raise NotImplementedError("the benchmark creates its Jobs through the other connector")

    def get(self, resource_meta: JobMeta, **_: Any) -> Resource:
        job = self._jobs.read_namespaced_job(resource_meta.name, resource_meta.namespace)
        ended = {condition.type for condition in job.status.conditions or [] if condition.status == "True"}
        if "Complete" in ended:
            phase = TaskExecution.SUCCEEDED
        elif "Failed" in ended:
            phase = TaskExecution.FAILED
        else:
            phase = TaskExecution.RUNNING if job.status.active else TaskExecution.QUEUED
        link = TaskLog(
            name="worker 0", uri=f"https://logs.example.com/{resource_meta.namespace}/{resource_meta.name}"
        )
        info = {"active": job.status.active or 0, "succeeded": job.status.succeeded or 0}
        return Resource(phase=phase, log_links=[link], custom_info=info)

    def delete(self, resource_meta: JobMeta, **_: Any) -> None:
        self._jobs.delete_namespaced_job(
            resource_meta.name, resource_meta.namespace, propagation_policy="Foreground"
        )


ConnectorRegistry.register(JobConnector())
