"""How does a test start the connector as a process, and call it as Flyte's engine does?

This PLAYS the engine: it sends the gRPC calls that FlytePropeller sends, with the same fields. It has no rhythm and no
retries. It keeps every word that it sends and gets, so that a test can look for a secret in them.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import grpc
from flyteidl.admin import agent_pb2 as messages
from flyteidl.service.agent_pb2_grpc import AsyncAgentServiceStub
from flytekit import FlyteContextManager
from flytekit.configuration import ImageConfig, SerializationSettings
from flytekit.core.base_task import PythonTask
from flytekit.core.type_engine import TypeEngine

from flyteconnector.flyte1 import request

PATIENCE = 60.0  # seconds until it serves
CATEGORY = messages.TaskCategory(name="paid_job")
SETTINGS = SerializationSettings(ImageConfig(), project="p", domain="d", version="1")


class Served:
    """`pyflyte serve connector --modules paid_connector`, until the context ends, and the engine's calls to it.

    Args:
        folder: Gets its log.
        url: The service's.
        token: What the connector takes for the service's token; None: it has none.
        wrap: What to put around the command.
    """

    def __init__(
        self, folder: Path, url: str, token: str | None, wrap: Callable[..., list[str]] | None = None
    ) -> None:
        port, metrics = free_port(), free_port()
        command = [str(Path(sys.executable).parent / "pyflyte"), "serve", "connector"]
        command += ["--modules", "paid_connector", "--port", str(port), "--prometheus_port", str(metrics)]
        env = os.environ | {"PAID_SERVICE_URL": url}
        env |= {"_FSEC_PAID_SERVICE_TOKEN": token} if token else {}
        env["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parents[1]), env.get("PYTHONPATH", "")])
        self.log = folder / "paid-connector.log"
        with self.log.open("wb") as log:
            whole = wrap(*command) if wrap else command
            self.process = subprocess.Popen(whole, env=env, stdout=log, stderr=log, cwd=folder)
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}", [("grpc.enable_http_proxy", 0)])
        self.stub, self.seen = AsyncAgentServiceStub(self.channel), list[str]()

    def __enter__(self) -> Self:
        try:
            grpc.channel_ready_future(self.channel).result(PATIENCE)
        except grpc.FutureTimeoutError:
            self.__exit__(None, None, None)
            raise RuntimeError(f"the connector does not serve; its log:\n{self.log.read_text()}") from None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.channel.close()
        self.stop()

    def stop(self) -> None:
        """End the process; calls fail then."""
        self.process.terminate()
        self.process.wait(15)

    def create(
        self, task: PythonTask, inputs: dict[str, Any], prefix: str, timeout: float = 10, **custom: Any
    ) -> bytes:
        """Send CreateTask for one attempt, and return the resource's metadata; raises grpc.RpcError.

        Args:
            task: Whose TaskTemplate is sent.
            inputs: As Python values.
            prefix: The attempt's output prefix.
            timeout: How many seconds the engine waits.
            custom: What another version of the SDK might have put into the template.
        """
        template = request.template_of(task, SETTINGS)
        for name, value in custom.items():
            template.custom[name] = value
        context = FlyteContextManager.current_context()
        asked = messages.CreateTaskRequest(
            template=template,
            inputs=TypeEngine.dict_to_literal_map(context, inputs, task.get_input_types()).to_flyte_idl(),
            output_prefix=prefix,
            task_execution_metadata=request.metadata(template),
        )
        return self._noted(self.stub.CreateTask, asked, timeout).resource_meta

    def get(self, meta: bytes) -> messages.Resource:
        """Send GetTask; raises grpc.RpcError."""
        asked = messages.GetTaskRequest(resource_meta=meta, task_category=CATEGORY)
        return self._noted(self.stub.GetTask, asked).resource

    def delete(self, meta: bytes) -> None:
        """Send DeleteTask, as the engine does when a user aborts; raises grpc.RpcError."""
        asked = messages.DeleteTaskRequest(resource_meta=meta, task_category=CATEGORY)
        self._noted(self.stub.DeleteTask, asked)

    def _noted(self, call: Callable[..., Any], asked: Any, timeout: float = 10) -> Any:
        self.seen.append(str(asked))
        try:
            answer = call(asked, timeout=timeout)
        except grpc.RpcError as error:
            self.seen.append(f"{error.code()} {error.details()} {error.trailing_metadata()}")
            raise
        self.seen += [str(answer), repr(answer.SerializeToString())]
        return answer


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]
