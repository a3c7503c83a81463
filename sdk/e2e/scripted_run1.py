"""What does Flyte 1's engine send to a connector? The run of a scripted engine, in Flyte 1's words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flyteidl.admin import agent_pb2
from flyteidl.core import identifier_pb2
from scripted_run import Run, Script

from devkit.cluster import NAMESPACE
from flyteconnector.flyte1 import request
from flyteconnector.flyte1.mixin import API


class Run1(Run):
    """One execution of one task on Flyte 1.

    Args:
        id: Of the execution.
        template, inputs, script: As for `Run`.
        folder: Of inputs and outputs.
    """

    api, node, aborting, reads_errors = API, "n0", "ABORTING", True

    def __init__(
        self,
        id: identifier_pb2.WorkflowExecutionIdentifier,
        template: Any,
        inputs: Any,
        folder: Path,
        script: Script,
    ) -> None:
        prefix = folder / "0"
        super().__init__(id.name, template, inputs, prefix, prefix / "inputs.pb", script)
        self.id = id

    def task_execution(self) -> identifier_pb2.TaskExecutionIdentifier:
        node = identifier_pb2.NodeExecutionIdentifier(node_id=self.node, execution_id=self.id)
        return identifier_pb2.TaskExecutionIdentifier(task_id=self.template.id, node_execution_id=node)

    def request(self) -> agent_pb2.CreateTaskRequest:
        metadata = request.metadata(self.template)
        metadata.task_execution_id.CopyFrom(self.task_execution())
        metadata.namespace = NAMESPACE
        metadata.labels["execution-id"], metadata.labels["node-id"] = self.name, self.node
        return agent_pb2.CreateTaskRequest(
            inputs=self.inputs,
            template=request.render(self.template, str(self._prefix)),
            output_prefix=str(self._prefix),
            task_execution_metadata=metadata,
        )
