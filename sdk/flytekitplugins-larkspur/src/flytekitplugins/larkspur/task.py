"""How does a configured function become a Flyte task, and what does each of its workers do?"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

from flytekit import FlyteContextManager, PythonFunctionTask
from flytekit.configuration import SerializationSettings
from flytekit.extend import IgnoreOutputs, TaskPlugins
from google.protobuf import json_format

from flyteconnector.flyte1.mixin import RemoteTaskMixin
from flytekitplugins.larkspur.worker import Worker, acting_as, worker
from larkspur_spec.config import Job
from larkspur_spec.names import COUNT_VARIABLE, TASK_TYPE


class JobTask(RemoteTaskMixin, PythonFunctionTask[Job]):
    """A Python function that runs as the workers of one Kubernetes Job; made by
    ``@task(task_config=Job(...))``."""

    launch_variable = COUNT_VARIABLE

    def __init__(self, task_config: Job, task_function: Callable[..., Any], **kwargs: Any) -> None:
        super().__init__(task_config=task_config, task_function=task_function, task_type=TASK_TYPE, **kwargs)

    def get_custom(self, settings: SerializationSettings) -> dict[str, Any]:
        """Return what the connector reads as ``larkspur.v1.Job``: protobuf's JSON, with its camelCase
        names."""
        return json_format.MessageToDict(self.task_config.to_proto())

    # TODO(worker): Say what each container of yours runs, and which one writes the task's outputs.
    def execute_in_container(self, **kwargs: Any) -> Any:
        """Run one worker. Only worker 0 writes the task's outputs.

        A worker that the Job forgives must not leave an ``error.pb``: Flyte would read it as the whole task's
        failure, even after the Job has succeeded. Such a worker prints its traceback and exits.
        """
        me = worker()
        try:
            value = super().execute_in_container(**kwargs)
        except Exception:
            if not self.task_config.forgives(me.index):
                raise
            traceback.print_exc()
            raise SystemExit(1) from None
        if me.index > 0:
            raise IgnoreOutputs(f"worker {me.index} of {me.count}: the task's outputs are those of worker 0")
        return value

    def execute_in_process(self, **kwargs: Any) -> Any:
        """Run the workers one after the other, and return the value of worker 0."""
        shared = FlyteContextManager.current_context().file_access.get_random_remote_directory()
        values = []
        for index in range(self.task_config.completions):
            with acting_as(Worker(index, self.task_config.completions, shared)):
                values.append(super().execute_in_process(**kwargs))
        return values[0]


TaskPlugins.register_pythontask_plugin(Job, JobTask)
