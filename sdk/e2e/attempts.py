"""How does a test play Flyte's engine towards a connector, call by call?"""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

from flyteidl.admin import agent_pb2
from flyteidl.core.execution_pb2 import TaskExecution
from flytekit import FlyteContextManager
from flytekit.core.base_task import PythonTask
from waiting import until

from devkit.connector import Connector
from flyteconnector.client import Client
from flyteconnector.flyte1 import request
from flyteconnector.flyte1.mixin import API

FINAL = (
    TaskExecution.SUCCEEDED,
    TaskExecution.FAILED,
    TaskExecution.RETRYABLE_FAILED,
    TaskExecution.ABORTED,
)


class Attempt:
    """One attempt of a task. Each call may go to another connector.

    Args:
        task: What to run.
        retry_of: The attempt before this one.
        inputs: The task's inputs, as Python values.
    """

    def __init__(self, task: PythonTask, retry_of: Attempt | None = None, **inputs: Any) -> None:
        access = FlyteContextManager.current_context().file_access
        self.number = retry_of.number + 1 if retry_of else 0
        self.folder = retry_of.folder if retry_of else access.get_random_remote_directory()
        self.prefix = f"{self.folder}/{self.number}"
        self.request = request.build(task, inputs, self.prefix, retry_of and retry_of.request)
        self._task, self.meta = task, b""

    @contextlib.contextmanager
    def _client(self, connector: Connector):
        client = Client(connector.address, self._task.name, self.request.template, API)
        with contextlib.closing(client):
            yield client

    def create(self, connector: Connector) -> str:
        """Send CreateTask, and return the name of the Job that it made."""
        with self._client(connector) as client:
            self.meta = client.create(self.request)
        return json.loads(self.meta)["n"]

    def get(self, connector: Connector) -> agent_pb2.Resource:
        with self._client(connector) as client:
            return client.get(self.meta, self.prefix, time.sleep)

    def phase(self, connector: Connector) -> str:
        return TaskExecution.Phase.Name(self.get(connector).phase)

    def ended(self, connector: Connector) -> bool:
        return self.get(connector).phase in FINAL

    def await_phase(self, connector: Connector, phase: str, seconds: float = 60) -> agent_pb2.Resource:
        """Ask until the phase is this one, or a final one; fails when it is another one then."""
        last = [self.get(connector)]

        def there() -> bool:
            last[0] = self.get(connector)
            return last[0].phase in (*FINAL, TaskExecution.Phase.Value(phase))

        until(there, f"{self.prefix} is {phase}", seconds)
        assert TaskExecution.Phase.Name(last[0].phase) == phase, last[0]
        return last[0]

    def delete(self, connector: Connector) -> None:
        with self._client(connector) as client:
            client.delete(self.meta)
