"""What does a user write for a plugin without a message? One text, in TaskTemplate.config."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flytekit import PythonFunctionTask, Resources, task
from flytekit.configuration import SerializationSettings
from flytekit.extend import TaskPlugins


@dataclass(frozen=True)
class Queued:
    """Runs a task as a Job that waits in a queue."""

    queue: str = "default"


class QueuedTask(PythonFunctionTask[Queued]):
    def __init__(self, task_config: Queued, task_function: Any, **kwargs: Any) -> None:
        super().__init__(task_config, task_function, task_type="queued_job", **kwargs)

    def get_config(self, settings: SerializationSettings) -> dict[str, str]:
        return super().get_config(settings) | {"queue": self.task_config.queue}


TaskPlugins.register_pythontask_plugin(Queued, QueuedTask)


@task(task_config=Queued(queue="nightly"), requests=Resources(mem="2Gi"))
def count(n: int) -> int:
    return n
