"""What does the other side do in these tests? A small connector that serves gRPC and runs tasks in two
ways."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent import futures
from pathlib import Path
from typing import Any, Protocol

import grpc
from flyteidl.admin import agent_pb2
from flyteidl.core import errors_pb2, literals_pb2, tasks_pb2
from flyteidl.core.execution_pb2 import TaskExecution
from flyteidl.service import agent_pb2_grpc


class Runner(Protocol):
    """Runs one task, and says how far it is."""

    def start(self, request: agent_pb2.CreateTaskRequest) -> None: ...
    def phase(self, prefix: str) -> tuple[int, str]: ...
    def stop(self, prefix: str) -> None: ...


class Processes:
    """Runs ``pyflyte-execute`` as a process, as a node would."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, request: agent_pb2.CreateTaskRequest) -> None:
        container = request.template.container
        env = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(self._folder),
            "FLYTE_FAIL_ON_ERROR": "true",
            "FLYTE_ATTEMPT_NUMBER": str(request.task_execution_metadata.task_execution_id.retry_attempt),
            **{pair.key: pair.value for pair in container.env},
        }
        self.processes[request.output_prefix] = subprocess.Popen(
            [*container.command, *container.args], env=env, cwd=self._folder, start_new_session=True
        )

    def phase(self, prefix: str) -> tuple[int, str]:
        code = self.processes[prefix].poll()
        if code is None:
            return TaskExecution.RUNNING, "1 process"
        return (TaskExecution.RETRYABLE_FAILED if code else TaskExecution.SUCCEEDED), f"exit code {code}"

    def stop(self, prefix: str) -> None:
        process = self.processes[prefix]
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Instantly:
    """Runs nothing: writes what a container would have written for the square of ``n``, or an error for ``n <
    0``."""

    def __init__(self, polls: int = 1) -> None:
        self._polls = polls
        self._asked: dict[str, int] = {}
        self._failed: set[str] = set()

    def start(self, request: agent_pb2.CreateTaskRequest) -> None:
        inputs = literals_pb2.LiteralMap.FromString(Path(request.output_prefix, "inputs.pb").read_bytes())
        n = inputs.literals["n"].scalar.primitive.integer
        self._asked[request.output_prefix] = 0
        if n < 0:
            message = f"Trace:\n\n    Traceback: in square\n\nMessage:\n\n    ValueError: negative {n}"
            write(request.output_prefix, "error.pb", user_error(message))
            self._failed.add(request.output_prefix)
        elif request.template.interface.outputs.variables:
            write(request.output_prefix, "outputs.pb", squares(request.template, n))

    def phase(self, prefix: str) -> tuple[int, str]:
        self._asked[prefix] += 1
        if self._asked[prefix] <= self._polls:
            return TaskExecution.RUNNING, "working"
        if prefix in self._failed:
            return TaskExecution.FAILED, "exit code 1"
        return TaskExecution.SUCCEEDED, ""

    def stop(self, prefix: str) -> None:
        self._asked.pop(prefix, None)


def squares(template: tasks_pb2.TaskTemplate, n: int) -> literals_pb2.LiteralMap:
    """Return ``n * n`` for the integer outputs and ``n / 2`` for the others."""
    outputs = literals_pb2.LiteralMap()
    for name in template.interface.outputs.variables:
        primitive = outputs.literals[name].scalar.primitive
        if name == "half":
            primitive.float_value = n / 2
        else:
            primitive.integer = n * n
    return outputs


def user_error(message: str) -> errors_pb2.ErrorDocument:
    return errors_pb2.ErrorDocument(
        error=errors_pb2.ContainerError(code="USER:RuntimeError", message=message)
    )


def write(prefix: str, name: str, message: errors_pb2.ErrorDocument | literals_pb2.LiteralMap) -> None:
    Path(prefix, name).write_bytes(message.SerializeToString())


class FakeConnector(agent_pb2_grpc.AsyncAgentServiceServicer):
    """An idempotent connector: one job for one output prefix, whose state survives ``stop`` and ``start``."""

    messages: Any = agent_pb2
    serve = staticmethod(agent_pb2_grpc.add_AsyncAgentServiceServicer_to_server)

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.creates: list[agent_pb2.CreateTaskRequest] = []
        self.deletes: list[str] = []
        self.created = threading.Event()
        self.before_create_answers: Callable[[grpc.ServicerContext], None] = lambda context: None
        self.before_delete_answers: Callable[[], object] = lambda: None
        self.change_answer: Callable[[agent_pb2.Resource], None] = lambda resource: None
        self._prefixes: dict[str, str] = {}
        self._port = 0
        self.start()

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self._port}"

    def start(self) -> None:
        self._server = grpc.server(futures.ThreadPoolExecutor(8))
        self.serve(self, self._server)
        self._port = self._server.add_insecure_port(f"127.0.0.1:{self._port}")
        self._server.start()

    def stop(self) -> None:
        self._server.stop(0).wait()

    def close(self) -> None:
        self.stop()
        for prefix in self._prefixes.values():
            self.runner.stop(prefix)

    def CreateTask(self, request, context):
        self.creates.append(request)
        name = "job-" + hashlib.sha256(request.output_prefix.encode()).hexdigest()[:8]
        if name not in self._prefixes:
            self._prefixes[name] = request.output_prefix
            self.runner.start(request)
        self.created.set()
        self.before_create_answers(context)
        return self.messages.CreateTaskResponse(resource_meta=json.dumps({"v": 1, "n": name}).encode())

    def GetTask(self, request, context):
        name = json.loads(request.resource_meta)["n"]
        phase, message = self.runner.phase(self._prefixes[name])
        resource = self.messages.Resource(phase=phase, message=message)
        resource.log_links.add(name="log", uri=f"file:///logs/{name}")
        self.change_answer(resource)
        return self.messages.GetTaskResponse(resource=resource)

    def DeleteTask(self, request, context):
        name = json.loads(request.resource_meta)["n"]
        self.deletes.append(name)
        self.before_delete_answers()
        self.runner.stop(self._prefixes[name])
        return self.messages.DeleteTaskResponse()
