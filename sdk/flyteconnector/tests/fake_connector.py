"""What does the other side do in these tests? A small connector that serves gRPC, for either Flyte."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from concurrent import futures
from pathlib import Path
from typing import Any, Protocol

import grpc

RUNNING, SUCCEEDED, FAILED, RETRYABLE_FAILED = 2, 3, 5, 8  # of the phases of both Flytes


class Runner(Protocol):
    """Runs one task, and says how far it is."""

    def start(self, request: Any) -> None: ...
    def phase(self, prefix: str) -> tuple[int, str]: ...
    def stop(self, prefix: str) -> None: ...


class Processes:
    """Runs the task's command line as a process, as a node would."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def phase(self, prefix: str) -> tuple[int, str]:
        code = self.processes[prefix].poll()
        if code is None:
            return RUNNING, "1 process"
        return (RETRYABLE_FAILED if code else SUCCEEDED), f"exit code {code}"

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

    def phase(self, prefix: str) -> tuple[int, str]:
        self._asked[prefix] += 1
        if self._asked[prefix] <= self._polls:
            return RUNNING, "working"
        return (FAILED, "exit code 1") if prefix in self._failed else (SUCCEEDED, "")

    def stop(self, prefix: str) -> None:
        self._asked.pop(prefix, None)


class FakeConnector:
    """An idempotent connector: one job for one output prefix, whose state survives ``stop`` and ``start``."""

    messages: Any
    """The module with the messages of one Flyte."""
    serve: Callable[[Any, grpc.Server], None]
    """Adds the connector to a server, under that Flyte's name for the service."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.creates: list[Any] = []
        self.deletes: list[str] = []
        self.created = threading.Event()
        self.before_create_answers: Callable[[grpc.ServicerContext], None] = lambda context: None
        self.before_delete_answers: Callable[[], object] = lambda: None
        self.change_answer: Callable[[Any], None] = lambda resource: None
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
