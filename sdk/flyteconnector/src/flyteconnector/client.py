"""How is a connector asked over gRPC, and what happens when it does not answer?"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import grpc
from flyteidl.admin import agent_pb2
from flyteidl.service import agent_pb2_grpc

from flyteconnector.progress import say

_DEADLINE_SECONDS = 10.0  # Flyte's own default for each call
_CREATE_PATIENCE_SECONDS = 10.0
_GET_PATIENCE_SECONDS = 60.0  # time enough to restart a connector
_FIRST_WAIT_SECONDS = 0.2
_LONGEST_WAIT_SECONDS = 3.0
# CANCELLED is what a server says that stops while it answers.
_TRANSIENT = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED)
_OPTIONS = (
    # A proxy of the environment is for the internet, not for a connector.
    ("grpc.enable_http_proxy", 0),
    # gRPC's default grows to two minutes, long after a restarted connector listens again.
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 2000),
    # Inputs travel inside CreateTask; gRPC's default limit is 4 MiB.
    ("grpc.max_send_message_length", 64 << 20),
    ("grpc.max_receive_message_length", 64 << 20),
)

T = TypeVar("T")
Pause = Callable[[float], None]


class ConnectorError(RuntimeError):
    """The connector refused a call, or could not be reached.

    Attributes:
        code: The gRPC status code.
    """

    def __init__(self, message: str, code: grpc.StatusCode) -> None:
        super().__init__(message)
        self.code = code

    @property
    def late(self) -> bool:
        """Whether the connector may have done what it was asked, but did not say so in time."""
        return self.code == grpc.StatusCode.DEADLINE_EXCEEDED


class Client:
    """Flyte's AsyncAgentService, as its engine calls it.

    Every call may be repeated: a connector's create is idempotent for one output prefix, and its delete for
    one resource.

    Args:
        endpoint: ``host:port`` of the connector, without TLS.
        task: The task's name, for messages.
        category: Name and version of the task type.
    """

    def __init__(self, endpoint: str, task: str, category: agent_pb2.TaskCategory) -> None:
        self._endpoint = endpoint
        self._task = task
        self._category = category
        self._channel = grpc.insecure_channel(endpoint, options=_OPTIONS)
        self._stub = agent_pb2_grpc.AsyncAgentServiceStub(self._channel)

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def create(self, request: agent_pb2.CreateTaskRequest, pause: Pause = time.sleep) -> bytes:
        """Send ``CreateTask`` and return the resource's metadata; on silence send the same request again, for
        10 s."""
        answer = self._call("CreateTask", self._stub.CreateTask, request, _CREATE_PATIENCE_SECONDS, pause)
        return answer.resource_meta

    def get(self, meta: bytes, output_prefix: str, pause: Pause) -> agent_pb2.Resource:
        """Send ``GetTask``; on silence ask again, for 60 s: a connector that restarts must not cost the
        run."""
        request = agent_pb2.GetTaskRequest(
            task_type=self._category.name,
            resource_meta=meta,
            task_category=self._category,
            output_prefix=output_prefix,
        )
        return self._call("GetTask", self._stub.GetTask, request, _GET_PATIENCE_SECONDS, pause).resource

    def delete(self, meta: bytes, patience: float = 10.0) -> None:
        """Send ``DeleteTask``; on silence ask again, for ``patience`` seconds."""
        request = agent_pb2.DeleteTaskRequest(
            task_type=self._category.name, resource_meta=meta, task_category=self._category
        )
        self._call("DeleteTask", self._stub.DeleteTask, request, patience, time.sleep)

    def _call(self, method: str, call: Callable[..., T], request: object, patience: float, pause: Pause) -> T:
        started, wait, lost = time.monotonic(), _FIRST_WAIT_SECONDS, False
        while True:
            try:
                answer = call(request, timeout=_DEADLINE_SECONDS)
            except grpc.RpcError as error:
                silent_for = time.monotonic() - started
                if error.code() not in _TRANSIENT or silent_for + wait > patience:
                    raise self._error(method, error, silent_for) from error
                if not lost:
                    say(
                        f"connector at {self._endpoint} does not answer {method} ({error.code().name}); "
                        f"asking again for up to {patience:.0f} s"
                    )
                lost = True
                pause(wait)
                wait = min(2 * wait, _LONGEST_WAIT_SECONDS)
                continue
            if lost:
                say(f"connector at {self._endpoint} answers again after {time.monotonic() - started:.1f} s")
            return answer

    def _error(self, method: str, error: grpc.RpcError, silent_for: float) -> ConnectorError:
        code, what = error.code(), f"{method} for task {self._task}"
        if code not in _TRANSIENT:
            text = f"connector at {self._endpoint} refused {what}: {code.name}: {error.details()}"
        else:
            text = (
                f"connector at {self._endpoint} did not answer {what} within {silent_for:.0f} s: {code.name}: "
                f"{error.details()}; start the connector, or correct FLYTECONNECTOR_ENDPOINT"
            )
        return ConnectorError(text, code)
