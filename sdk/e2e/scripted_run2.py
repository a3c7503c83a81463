"""What does Flyte 2's engine send to a connector? The run of a scripted engine, in Flyte 2's words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flyte.report
from flyte.models import ActionID, RawDataPath, TaskContext
from flyteidl2.common import identifier_pb2
from flyteidl2.connector import connector_pb2
from flyteidl2.task import run_pb2
from scripted_run import Run, Script

from devkit.cluster import NAMESPACE
from flyteconnector.flyte2 import request
from flyteconnector.flyte2.api import API
from flyteconnector.flyte2.attempts import Attempt


class Run2(Run):
    """One run of one task on Flyte 2.

    Args:
        id: Of the run.
        template, inputs, script: As for `Run`.
        spec: What the caller wants for this run.
        folder: Of inputs and outputs.
    """

    # An abort is told at once, and a connector's success is believed without a look at error.pb.
    api, node, aborting, reads_errors = API, "a0", "ABORTED", False

    def __init__(
        self,
        id: identifier_pb2.RunIdentifier,
        template: Any,
        inputs: Any,
        spec: run_pb2.RunSpec,
        folder: Path,
        script: Script,
    ) -> None:
        self.id, self._spec, self._attempt = id, spec, Attempt(str(folder))
        super().__init__(id.name, template, inputs, Path(self._attempt.prefix), folder / "inputs.pb", script)

    def action(self) -> identifier_pb2.ActionIdentifier:
        return identifier_pb2.ActionIdentifier(run=self.id, name=self.node)

    def request(self) -> connector_pb2.CreateTaskRequest:
        id = self.id
        action = ActionID(name=self.node, run_name=id.name, project=id.project, domain=id.domain, org=id.org)
        context = TaskContext(
            action=action,
            version=self.template.id.version,
            raw_data_path=RawDataPath(path=self._attempt.prefix),
            output_path=self._attempt.prefix,
            run_base_dir=self._attempt.folder,
            report=flyte.report.Report(name=self.node),
        )
        metadata = request.metadata(self.template, context, self._attempt)
        metadata.namespace = NAMESPACE
        metadata.environment_variables.update({each.key: each.value for each in self._spec.envs.values})
        metadata.environment_variables["DO_NOT_TRACK"] = "1"  # or the SDK reports an error to its makers
        return connector_pb2.CreateTaskRequest(
            inputs=self.inputs,
            template=request.render(self.template, self._attempt),
            output_prefix=self._attempt.prefix,
            task_execution_metadata=metadata,
        )
