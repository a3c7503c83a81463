"""How is a connector asked over gRPC, and what happens when it does not answer?"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc

from flyteconnector.endpoint import ConnectorError
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


@dataclass(frozen=True)
class Api:
    """What one of the two Flytes calls a connector's service and its messages; the fields are the same in both."""

    stub: Callable[[grpc.Channel], Any]
    """Makes an object with CreateTask, GetTask and DeleteTask."""
    messages: Any
    """The module with CreateTaskRequest, GetTaskRequest, DeleteTaskRequest and TaskCategory."""


class Client:
    """A connector, called as Flyte's engine calls it.

    Every call may be repeated: a connector's create is idempotent for one output prefix, and its delete for
    one resource.

    Args:
        endpoint: ``host:port`` of the connector, without TLS.
        task: The task's name, for messages.
        template: The task's ``TaskTemplate``, which names the type and its version.
        api: Flyte 1's or Flyte 2's.
    """

    def __init__(self, endpoint: str, task: str, template: Any, api: Api) -> None:
        self._endpoint = endpoint
        self._task = task
        self._messages = api.messages
        self._category = self._messages.TaskCategory(name=template.type, version=template.task_type_version)
        self._channel = grpc.insecure_channel(endpoint, options=_OPTIONS)
        self._stub = api.stub(self._channel)

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def create(self, request: Any, pause: Pause = time.sleep) -> bytes:
        """Send ``CreateTask`` and return the resource's metadata; on silence send the same request again, for
        10 s."""
        answer = self._call("CreateTask", self._stub.CreateTask, request, _CREATE_PATIENCE_SECONDS, pause)
        return answer.resource_meta

    def get(self, meta: bytes, output_prefix: str, pause: Pause) -> Any:
        """Send ``GetTask`` and return the ``Resource``; on silence ask again, for 60 s: a connector that restarts must
        not cost the run."""
        request = self._about(self._messages.GetTaskRequest, meta)
        request.output_prefix = output_prefix
        return self._call("GetTask", self._stub.GetTask, request, _GET_PATIENCE_SECONDS, pause).resource

    def delete(self, meta: bytes, patience: float = 10.0) -> None:
        """Send ``DeleteTask``; on silence ask again, for ``patience`` seconds."""
        request = self._about(self._messages.DeleteTaskRequest, meta)
        self._call("DeleteTask", self._stub.DeleteTask, request, patience, time.sleep)

    def _about(self, kind: Callable[..., Any], meta: bytes) -> Any:
        request = kind(resource_meta=meta, task_category=self._category)
        if "task_type" in request.DESCRIPTOR.fields_by_name:  # Flyte 1 sends the old field too
            request.task_type = self._category.name
        return request

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
