"""What does the other side do in the tests of Flyte 1?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import fake_connector
from flyteidl.admin import agent_pb2
from flyteidl.core import errors_pb2, literals_pb2, tasks_pb2
from flyteidl.service import agent_pb2_grpc


class FakeConnector1(fake_connector.FakeConnector, agent_pb2_grpc.AsyncAgentServiceServicer):
    """The connector that serves Flyte 1."""

    messages = agent_pb2
    serve = staticmethod(agent_pb2_grpc.add_AsyncAgentServiceServicer_to_server)


class Processes(fake_connector.Processes):
    """Runs ``pyflyte-execute``."""

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


class Instantly(fake_connector.Instantly):
    """Writes what ``pyflyte-execute`` would have written."""

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
