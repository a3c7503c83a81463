"""What plays Flyte 2 for the smoke test? Its API, whose runs really run: a scripted engine drives the tasks.

It takes deployments as the API of the unit tests does (``fake_flyte2``), and for each run sends to a real connector
what Flyte 2's engine would send: CreateTask, GetTask until the end, DeleteTask on an abort. It asks every 0.3 s, and
Flyte every 30. It runs one task of a run; a Script says what it does wrong on purpose. What it does not play: tasks
that call tasks, retries, login, the API's checks, the engine's queue, and its DeleteTask an hour after the end.
"""

from __future__ import annotations

import sys
from pathlib import Path

from connectrpc.code import Code
from connectrpc.errors import ConnectError
from flyteidl2.common import phase_pb2
from flyteidl2.common import run_pb2 as common_run_pb2
from flyteidl2.dataproxy import dataproxy_service_pb2
from flyteidl2.task import common_pb2
from flyteidl2.workflow import run_definition_pb2, run_service_pb2
from flyteidl2.workflow.run_service_connect import RunServiceWSGIApplication

from devkit.cluster import NAMESPACE, LocalCluster
from devkit.connector import Connector
from devkit.toolchain import ROOT

sys.path.append(str(ROOT / "scripts" / "tests"))
from fake_flyte2 import FakeFlyte2
from scripted_run import Script
from scripted_run2 import Run2

INPUTS = "inputs.pb"


class ScriptedEngine2(FakeFlyte2):
    """Flyte 2, played: API, object store and engine, on 127.0.0.1.

    Args:
        folder: Gets code, inputs and outputs.
        cluster: Where tasks run.
        connector: Serves them.
        script: What goes wrong.

    Attributes:
        runs: What was started, by the run's name.
    """

    played = FakeFlyte2.played | {
        "/flyteidl2.dataproxy.DataProxyService/UploadInputs",
        "/flyteidl2.dataproxy.DataProxyService/GetActionData",
        "/flyteidl2.workflow.RunService/CreateRun",
        "/flyteidl2.workflow.RunService/AbortRun",
        "/flyteidl2.workflow.RunService/GetRunDetails",
        "/flyteidl2.workflow.RunService/GetActionDetails",
    }
    services = (*FakeFlyte2.services, RunServiceWSGIApplication)

    def __init__(self, folder: Path, cluster: LocalCluster, connector: Connector, script: Script) -> None:
        project, _, domain = NAMESPACE.rpartition("-")
        super().__init__(folder, project, domain)
        self._cluster, self._connector, self.script = cluster, connector, script
        self.runs: dict[str, Run2] = {}

    def __exit__(self, *raised: object) -> None:
        for run in self.runs.values():
            run.end()
        super().__exit__(*raised)

    def _data(self, name: str) -> Path:
        return self.folder / "data" / name

    def _run(self, name: str) -> Run2:
        if name not in self.runs:
            raise ConnectError(Code.NOT_FOUND, f"run {name} has not been created")
        return self.runs[name]

    def upload_inputs(self, request, ctx):
        self.find(request.task_id)
        file = self._data(request.run_id.name) / INPUTS
        file.parent.mkdir(parents=True)
        file.write_bytes(request.inputs.SerializeToString())
        data = common_run_pb2.OffloadedInputData(uri=str(file), inputs_hash="a hash")
        return dataproxy_service_pb2.UploadInputsResponse(offloaded_input_data=data)

    def create_run(self, request, ctx):
        id, template = request.run_id, self.find(request.task_id).spec.task_template
        folder = self._data(id.name)
        inputs = common_pb2.Inputs.FromString(Path(request.offloaded_input_data.uri).read_bytes())
        run = Run2(id, template, inputs, request.run_spec, folder, self.script)
        run.begin(self._cluster, self._connector)
        self.runs[id.name] = run
        action = run_definition_pb2.Action(id=run.action())
        return run_service_pb2.CreateRunResponse(run=run_definition_pb2.Run(action=action))

    def abort_run(self, request, ctx):
        run = self._run(request.run_id.name)
        if run.done():
            raise ConnectError(Code.FAILED_PRECONDITION, f"{run.name} has ended before")
        run.abort()
        return run_service_pb2.AbortRunResponse()

    def get_run_details(self, request, ctx):
        """Flyte 2 leaves the error out here."""
        details = self._details(self._run(request.run_id.name))
        details.ClearField("error_info")
        return run_service_pb2.GetRunDetailsResponse(details=run_definition_pb2.RunDetails(action=details))

    def get_action_details(self, request, ctx):
        details = self._details(self._run(request.action_id.run.name))
        return run_service_pb2.GetActionDetailsResponse(details=details)

    def _details(self, run: Run2) -> run_definition_pb2.ActionDetails:
        phase = phase_pb2.ActionPhase.Value(f"ACTION_PHASE_{run.phase}")
        attempt = run_definition_pb2.ActionAttempt(attempt=1, phase=phase, log_info=run.links)
        details = run_definition_pb2.ActionDetails(
            id=run.action(),
            status=run_definition_pb2.ActionStatus(phase=phase, attempts=1),
            task=self.tasks[run.template.id.name, run.template.id.version].spec,
            attempts=[attempt],
        )
        if run.error:
            _, message = run.error  # Flyte 2 tells no code
            kind = run_definition_pb2.ErrorInfo.KIND_USER
            details.error_info.CopyFrom(run_definition_pb2.ErrorInfo(message=message, kind=kind))
        return details

    def get_action_data(self, request, ctx):
        run = self._run(request.action_id.run.name)
        outputs = common_pb2.Outputs.FromString(run.outputs)
        return dataproxy_service_pb2.GetActionDataResponse(inputs=run.inputs, outputs=outputs)
