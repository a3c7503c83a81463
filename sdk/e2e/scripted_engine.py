"""What plays Flyte 1 for the smoke test? A FlyteAdmin whose executions really run: a scripted engine drives the tasks.

It takes registrations as the FlyteAdmin of the unit tests does (``fake_admin``), and for each execution sends to a real
connector what Flyte 1's engine would send: CreateTask, GetTask until the end, DeleteTask on an abort. It asks every
0.3 s, and Flyte every 30. It runs one task, on one node; a Script says what it does wrong on purpose. What it does not
play: workflows, retries, login, FlyteAdmin's checks, and FlytePropeller's queue.
"""

from __future__ import annotations

import sys
from pathlib import Path

import grpc
from flyteidl.admin import execution_pb2, node_execution_pb2, task_execution_pb2
from flyteidl.core import identifier_pb2, literals_pb2
from flyteidl.core.execution_pb2 import ExecutionError, NodeExecution, TaskExecution, WorkflowExecution

from devkit.cluster import LocalCluster
from devkit.connector import Connector
from devkit.toolchain import ROOT

sys.path.append(str(ROOT / "sdk" / "flytekitplugins-larkspur" / "tests"))
from fake_admin import FakeAdmin
from scripted_run import Script
from scripted_run1 import Run1


class ScriptedEngine(FakeAdmin):
    """Flyte, played: admin, object store and engine, on 127.0.0.1.

    Args:
        folder: Gets code, inputs and outputs.
        cluster: Where tasks run.
        connector: Serves them.
        script: What goes wrong.

    Attributes:
        runs: What was started, by the execution's name.
    """

    def __init__(self, folder: Path, cluster: LocalCluster, connector: Connector, script: Script) -> None:
        super().__init__(folder)
        self._cluster, self._connector, self.script = cluster, connector, script
        self.runs: dict[str, Run1] = {}

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    def __exit__(self, *raised: object) -> None:
        for run in self.runs.values():
            run.end()
        super().__exit__(*raised)

    def _run(
        self, execution: identifier_pb2.WorkflowExecutionIdentifier, context: grpc.ServicerContext
    ) -> Run1:
        run = self.runs.get(execution.name)
        return run or context.abort(
            grpc.StatusCode.NOT_FOUND, f"execution {execution.name} has not been created"
        )

    def CreateExecution(self, request, context):
        template = self.find(request.spec.launch_plan, context).spec.template
        id = identifier_pb2.WorkflowExecutionIdentifier(
            project=request.project, domain=request.domain, name=request.name
        )
        self.created.append(request)
        run = Run1(id, template, request.inputs, self.folder / "data" / request.name, self.script)
        run.begin(self._cluster, self._connector)
        self.runs[request.name] = run
        return execution_pb2.ExecutionCreateResponse(id=id)

    def GetExecution(self, request, context):
        run = self._run(request.id, context)
        spec = execution_pb2.ExecutionSpec(launch_plan=run.template.id)
        closure = execution_pb2.ExecutionClosure(phase=WorkflowExecution.Phase.Value(run.phase))
        if run.error:
            code, message = run.error
            closure.error.CopyFrom(ExecutionError(code=code, message=message, kind=ExecutionError.USER))
        return execution_pb2.Execution(id=request.id, spec=spec, closure=closure)

    def _outputs(self, run: Run1) -> literals_pb2.LiteralMap:
        return literals_pb2.LiteralMap.FromString(run.outputs)

    def GetExecutionData(self, request, context):
        run = self._run(request.id, context)
        return execution_pb2.WorkflowExecutionGetDataResponse(
            full_inputs=run.inputs, full_outputs=self._outputs(run)
        )

    def TerminateExecution(self, request, context):
        run = self._run(request.id, context)
        if run.done():
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"{request.id.name} has ended before")
        run.abort()
        return execution_pb2.ExecutionTerminateResponse()

    def ListNodeExecutions(self, request, context):
        run = self._run(request.workflow_execution_id, context)
        phase = NodeExecution.SUCCEEDED if run.done() else NodeExecution.RUNNING
        nodes = [
            node_execution_pb2.NodeExecution(
                id=identifier_pb2.NodeExecutionIdentifier(node_id=node, execution_id=run.id),
                metadata=node_execution_pb2.NodeExecutionMetaData(spec_node_id=node),
                closure=node_execution_pb2.NodeExecutionClosure(phase=phase),
            )
            for node in ("start-node", run.node, "end-node")
        ]
        return node_execution_pb2.NodeExecutionList(node_executions=nodes)

    def GetNodeExecutionData(self, request, context):
        run = self._run(request.id.execution_id, context)
        return node_execution_pb2.NodeExecutionGetDataResponse(
            full_inputs=run.inputs, full_outputs=self._outputs(run)
        )

    def ListTaskExecutions(self, request, context):
        run = self._run(request.node_execution_id.execution_id, context)
        return task_execution_pb2.TaskExecutionList(task_executions=[self._task_execution(run)])

    def GetTaskExecution(self, request, context):
        return self._task_execution(self._run(request.id.node_execution_id.execution_id, context))

    def _task_execution(self, run: Run1) -> task_execution_pb2.TaskExecution:
        phase = TaskExecution.SUCCEEDED if run.phase == "SUCCEEDED" else TaskExecution.RUNNING
        closure = task_execution_pb2.TaskExecutionClosure(phase=phase, logs=run.links)
        return task_execution_pb2.TaskExecution(id=run.task_execution(), closure=closure)

    def GetTaskExecutionData(self, request, context):
        run = self._run(request.id.node_execution_id.execution_id, context)
        return task_execution_pb2.TaskExecutionGetDataResponse(
            full_inputs=run.inputs, full_outputs=self._outputs(run)
        )
