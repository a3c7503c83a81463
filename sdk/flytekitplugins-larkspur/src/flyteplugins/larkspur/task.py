"""How does a configured function become a task of Flyte 2, and what does each of its workers do?"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import Any, ClassVar

import flyte
from flyte.extend import TaskPluginRegistry
from flyte.models import SerializationContext
from google.protobuf import json_format

from flyteconnector.flyte2 import RemoteFunctionTask
from flyteplugins.larkspur.worker import Worker, acting_as, worker
from larkspur_spec.config import Job
from larkspur_spec.names import COUNT_VARIABLE, TASK_TYPE


@dataclass(kw_only=True)
class JobTask(RemoteFunctionTask):
    """A Python function that runs as the workers of one Kubernetes Job; made by a task of
    ``flyte.TaskEnvironment(plugin_config=Job(...))``."""

    task_type: str = TASK_TYPE
    plugin_config: Job
    launch_variable: ClassVar[str] = COUNT_VARIABLE

    def custom_config(self, sctx: SerializationContext) -> dict[str, Any]:
        """Return what the connector reads as ``larkspur.v1.Job``: protobuf's JSON, with its camelCase
        names."""
        return json_format.MessageToDict(self.plugin_config.to_proto())

    # TODO(worker): Say what each container of yours runs, and which one writes the task's outputs.
    async def execute_in_container(self, **inputs: Any) -> Any:
        """Run one worker. Only worker 0 writes the task's outputs: the process of another one ends here, before the SDK
        writes them.

        A worker that the Job forgives must not leave an ``error.pb``: it would be read as the whole task's failure,
        even after the Job has succeeded. Such a worker prints its traceback and exits.
        """
        me = worker()
        try:
            value = await super().execute_in_container(**inputs)
        except Exception:
            if not self.plugin_config.forgives(me.index):
                raise
            traceback.print_exc()
            raise SystemExit(1) from None
        if me.index > 0:
            print(f"worker {me.index} of {me.count}: the task's outputs are those of worker 0", flush=True)
            raise SystemExit(0)
        return value

    async def execute_in_process(self, **inputs: Any) -> Any:
        """Run the workers one after the other, and return the value of worker 0."""
        shared = flyte.ctx().raw_data_path.get_random_remote_path()
        values = []
        for index in range(self.plugin_config.completions):
            with acting_as(Worker(index, self.plugin_config.completions, shared)):
                values.append(await super().execute_in_process(**inputs))
        return values[0]


TaskPluginRegistry.register(Job, JobTask)
