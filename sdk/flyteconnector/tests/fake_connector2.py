"""What does the other side do in the tests of Flyte 2? The same small connector, with Flyte 2's API."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from fake_connector import FAILED, RETRYABLE_FAILED, RUNNING, SUCCEEDED, FakeConnector, Instantly, Processes
from flyteidl2.connector import connector_pb2, service_pb2_grpc
from flyteidl2.core import execution_pb2
from flyteidl2.task import common_pb2

NON_RECOVERABLE = 100  # flyteconnector-a0's exit code


class FakeConnector2(FakeConnector, service_pb2_grpc.AsyncConnectorServiceServicer):
    """The connector that serves Flyte 2."""

    messages = connector_pb2
    serve = staticmethod(service_pb2_grpc.add_AsyncConnectorServiceServicer_to_server)


class Processes2(Processes):
    """Runs the command line of the request as a process, with what the connector in Go adds."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.env: dict[str, str] = {}  # as the connector's --env

    def start(self, request: connector_pb2.CreateTaskRequest) -> None:
        metadata, container = request.task_execution_metadata, request.template.container
        node = metadata.task_execution_id.node_execution_id
        run = {
            "{{.runName}}": node.execution_id.name,
            "{{.actionName}}": node.node_id,
            "{{.runStartTime}}": "1970-01-01T00:00:00+00:00",
        }
        env = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(self._folder),
            "FLYTE_INTERNAL_EXECUTION_PROJECT": node.execution_id.project,
            "FLYTE_INTERNAL_EXECUTION_DOMAIN": node.execution_id.domain,
            "FLYTECONNECTOR_TERMINATION_LOG": str(self._words(request.output_prefix)),
            **{pair.key: pair.value for pair in container.env},
            **metadata.environment_variables,
            **self.env,
        }
        command = [run.get(word, word) for word in (*container.command, *container.args)]
        self.processes[request.output_prefix] = subprocess.Popen(
            command, env=env, cwd=self._folder, start_new_session=True
        )

    def phase(self, prefix: str) -> tuple[int, str]:
        code, words = self.processes[prefix].poll(), self._words(prefix)
        if code is None:
            return RUNNING, "1 process"
        if code == 0:
            return SUCCEEDED, ""
        phase = FAILED if code == NON_RECOVERABLE else RETRYABLE_FAILED
        said = words.read_text() if words.exists() else ""
        return phase, f"worker 0: Error, exit code {code}\n{said}"

    def stop(self, prefix: str) -> None:
        """End a task as Kubernetes does: SIGTERM, which the wrapper passes on, and SIGKILL for whatever is left."""
        process = self.processes[prefix]
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
        for pid in self.left(process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()

    def left(self, *sessions: int) -> list[int]:
        """Return the processes that still run, of all tasks or of some: a0 is in the session of its wrapper."""
        wanted = sessions or {process.pid for process in self.processes.values()}
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(ValueError, ProcessLookupError):
                if os.getsid(pid := int(entry.name)) in wanted:
                    found.append(pid)
        return found

    def _words(self, prefix: str) -> Path:
        return self._folder / (re.sub(r"\W+", "-", prefix) + ".log")


class Instantly2(Instantly):
    """Runs nothing: writes what a container would have written for the square of ``n``, or an error for ``n < 0``."""

    def start(self, request: connector_pb2.CreateTaskRequest) -> None:
        n = next(each.value.scalar.primitive.integer for each in request.inputs.literals if each.name == "n")
        self._asked[request.output_prefix] = 0
        if n < 0:
            leave_error(request.output_prefix, f"negative {n}")
            self._failed.add(request.output_prefix)
        elif names := [entry.key for entry in request.template.interface.outputs.variables]:
            outputs = common_pb2.Outputs()
            for name in names:  # o0 is the square, o1 the half
                primitive = outputs.literals.add(name=name).value.scalar.primitive
                if name == "o1":
                    primitive.float_value = n / 2
                else:
                    primitive.integer = n * n
            Path(request.output_prefix, "outputs.pb").write_bytes(outputs.SerializeToString())


def leave_error(prefix: str, message: str, origin: str = "USER") -> None:
    """Write the ``error.pb`` of a ValueError."""
    error = execution_pb2.ContainerError(code="ValueError", message=message, origin=origin)
    Path(prefix, "error.pb").write_bytes(execution_pb2.ErrorDocument(error=error).SerializeToString())
