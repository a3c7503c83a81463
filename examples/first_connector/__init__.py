"""What does a first connector look like? Thirty lines in the shape in which Flyte's documentation starts people.

`pyflyte serve connector --modules first_connector` serves it. It is a demo, and no product: jobs are in this process'
memory, and nothing here thinks of a call that comes twice, of one that is given up, or of a restart. connector-sanity
says what is missing before it can be one.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flyteidl.core.execution_pb2 import TaskExecution
from flytekit.extend.backend.base_connector import (
    AsyncConnectorBase,
    ConnectorRegistry,
    Resource,
    ResourceMeta,
)

JOBS: dict[str, str] = {}


@dataclass
class FirstMeta(ResourceMeta):
    """What Flyte keeps of a task, and sends with each call."""

    job_id: str


class FirstConnector(AsyncConnectorBase):
    """Three methods, as few as there can be."""

    name = "First connector"

    def __init__(self) -> None:
        super().__init__(task_type_name="first_job", metadata_type=FirstMeta)

    def create(self, task_template: Any, **_: Any) -> FirstMeta:
        """Start a job."""
        job_id = str(uuid.uuid4())
        JOBS[job_id] = "running"
        return FirstMeta(job_id)

    def get(self, resource_meta: FirstMeta, **_: Any) -> Resource:
        """Say how far it is."""
        return Resource(phase=TaskExecution.RUNNING, message=JOBS[resource_meta.job_id])

    def delete(self, resource_meta: FirstMeta, **_: Any) -> None:
        """End it."""
        JOBS.pop(resource_meta.job_id)


ConnectorRegistry.register(FirstConnector())
