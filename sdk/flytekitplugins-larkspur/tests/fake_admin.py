"""What plays Flyte in these tests? A FlyteAdmin that ``pyflyte`` can talk to, and the start of a task's command.

The FlyteAdmin keeps what it is sent, and gives it back. It answers the calls that flytekit 1.16.31 makes to register
and to run (``flytekit/remote/remote.py``: ``raw_register``, ``upload_file``, ``_execute``); every other is
UNIMPLEMENTED. Of its own work it does one part: a workflow needs its tasks, a launch plan its workflow, an execution
what it starts. Its checks of types, resources and permissions, its defaults and its login are not played, and an
execution stays queued: the tests show what ``pyflyte`` sends and that it can read it back, not that Flyte takes it.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
import threading
from concurrent import futures
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import grpc
from flyteidl.admin import execution_pb2, launch_plan_pb2, task_pb2, workflow_pb2
from flyteidl.core import compiler_pb2, identifier_pb2, literals_pb2
from flyteidl.core.execution_pb2 import WorkflowExecution
from flyteidl.service import admin_pb2_grpc, dataproxy_pb2, dataproxy_pb2_grpc
from google.protobuf.message import Message

CREATED_BY = {
    identifier_pb2.TASK: task_pb2.TaskCreateRequest,
    identifier_pb2.WORKFLOW: workflow_pb2.WorkflowCreateRequest,
    identifier_pb2.LAUNCH_PLAN: launch_plan_pb2.LaunchPlanCreateRequest,
}


def run(command: list[str | Path], folder: Path, home: Path, **more: str) -> None:
    """Run a command that must succeed, in a folder, with nothing of the caller's environment but the programs."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {"PATH": path, "HOME": str(home), "TMPDIR": str(home), **more}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def own_repository(folder: Path) -> Path:
    """Make a folder a repository of its own: flytekit packages nothing that git ignores, and temporary folders of a
    session lie in one that it does."""
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    return folder


def start(args: list[str], folder: Path, n: int, **more: str) -> int:
    """Fill a task's command in as Flyte's engine does, run it in an empty folder, and return what the task returns.

    Args:
        args: The command as it was registered. folder: Where its inputs and outputs are. n: The task's input. more:
        What is in the pod's environment.
    """
    values = {
        "input": f"{folder}/inputs.pb",
        "outputPrefix": str(folder),
        "rawOutputDataPrefix": f"{folder}/raw",
        "checkpointOutputPrefix": f"{folder}/checkpoint",
        "prevCheckpointPrefix": '""',
    }
    inputs = literals_pb2.LiteralMap()
    inputs.literals["n"].scalar.primitive.integer = n
    (folder / "inputs.pb").write_bytes(inputs.SerializeToString())
    (folder / "pod").mkdir()
    command = [re.sub(r"\{\{\.(\w+)\}\}", lambda found: values[found[1]], word) for word in args]
    run(command, folder / "pod", folder, FLYTE_FAIL_ON_ERROR="true", **more)  # as the connector sets it
    outputs = literals_pb2.LiteralMap.FromString((folder / "outputs.pb").read_bytes())
    return outputs.literals["o0"].scalar.primitive.integer


class FakeAdmin(admin_pb2_grpc.AdminServiceServicer, dataproxy_pb2_grpc.DataProxyServiceServicer):
    """A FlyteAdmin and its object store, both on 127.0.0.1.

    Attributes:
        created: The requests that have created something, in the order in which they came.
        folder: Where uploads are kept, below project and domain.
    """

    def __init__(self, folder: Path) -> None:
        self.created: list[Message] = []
        self.folder = folder
        self._store = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Put,), {"folder": folder}))
        self._server = grpc.server(futures.ThreadPoolExecutor(4))
        admin_pb2_grpc.add_AdminServiceServicer_to_server(self, self._server)
        dataproxy_pb2_grpc.add_DataProxyServiceServicer_to_server(self, self._server)
        self._port = self._server.add_insecure_port("127.0.0.1:0")

    def __enter__(self) -> Self:
        threading.Thread(target=self._store.serve_forever, daemon=True).start()
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(0).wait()
        self._store.shutdown()
        self._store.server_close()

    def config(self) -> Path:
        """Write the file with which ``pyflyte --config`` finds this server, and return its path."""
        file = self.folder / "config.yaml"
        file.write_text(f"admin:\n  endpoint: 127.0.0.1:{self._port}\n  insecure: true\n")
        return file

    def find(self, wanted: identifier_pb2.Identifier, context: grpc.ServicerContext) -> Message:
        """Return the request that has created an entity; without one, end the call as FlyteAdmin would."""
        for request in self.created:
            if isinstance(request, CREATED_BY[wanted.resource_type]) and request.id == wanted:
                return request
        context.abort(grpc.StatusCode.NOT_FOUND, f"{wanted.name} {wanted.version} has not been created")

    def compiled(self, wanted: identifier_pb2.Identifier, context: grpc.ServicerContext) -> Message:
        return compiler_pb2.CompiledTask(template=self.find(wanted, context).spec.template)

    def CreateTask(self, request, context):
        self.created.append(request)
        return task_pb2.TaskCreateResponse()

    def GetTask(self, request, context):
        closure = task_pb2.TaskClosure(compiled_task=self.compiled(request.id, context))
        return task_pb2.Task(id=request.id, closure=closure)

    def CreateWorkflow(self, request, context):
        for node in request.spec.template.nodes:
            self.find(node.task_node.reference_id, context)
        self.created.append(request)
        return workflow_pb2.WorkflowCreateResponse()

    def GetWorkflow(self, request, context):
        template = self.find(request.id, context).spec.template
        compiled = compiler_pb2.CompiledWorkflowClosure(
            primary=compiler_pb2.CompiledWorkflow(template=template),
            tasks=[self.compiled(node.task_node.reference_id, context) for node in template.nodes],
        )
        closure = workflow_pb2.WorkflowClosure(compiled_workflow=compiled)
        return workflow_pb2.Workflow(id=request.id, closure=closure)

    def CreateLaunchPlan(self, request, context):
        self.find(request.spec.workflow_id, context)
        self.created.append(request)
        return launch_plan_pb2.LaunchPlanCreateResponse()

    def GetLaunchPlan(self, request, context):
        return launch_plan_pb2.LaunchPlan(id=request.id, spec=self.find(request.id, context).spec)

    def CreateExecution(self, request, context):
        self.find(request.spec.launch_plan, context)
        self.created.append(request)
        id = identifier_pb2.WorkflowExecutionIdentifier(
            project=request.project, domain=request.domain, name=f"f{len(self.created)}"
        )
        return execution_pb2.ExecutionCreateResponse(id=id)

    def GetExecution(self, request, context):
        spec = self.created[int(request.id.name[1:]) - 1].spec
        closure = execution_pb2.ExecutionClosure(phase=WorkflowExecution.QUEUED)
        return execution_pb2.Execution(id=request.id, spec=spec, closure=closure)

    def CreateUploadLocation(self, request, context):
        """Answer with a place below the folder; as a path, so that ``pyflyte-fast-execute`` can read from there."""
        place = f"{request.project}/{request.domain}/{request.content_md5.hex()}/{request.filename}"
        url = f"http://127.0.0.1:{self._store.server_port}/{place}"
        return dataproxy_pb2.CreateUploadLocationResponse(signed_url=url, native_url=str(self.folder / place))


class _Put(BaseHTTPRequestHandler):
    """The object store: takes what a signed URL was made for, and compares the checksum as S3 does."""

    folder: Path

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        arrived = base64.b64encode(hashlib.md5(body).digest()).decode() == self.headers["Content-MD5"]
        if arrived:
            file = self.folder / self.path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)
        self.send_response(200 if arrived else 400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
