"""Where does a task's function run: in its container, through a connector, or here?

flytekit's own ``AsyncConnectorExecutorMixin`` does the second, but not well enough for an operator's jobs: it
needs an event loop of its own (so it fails under ``@eager``), leaves the job behind on SIGTERM and on a gRPC
error, sends no execution metadata, returns literals where ``map_task`` wants values, and shows nothing
without a terminal. This mixin is synchronous and uses none of its parts.
"""

from __future__ import annotations

import os
import time
from typing import Any

from flyteidl.admin import agent_pb2
from flyteidl.core.execution_pb2 import TaskExecution
from flytekit import FlyteContextManager
from flytekit.core.context_manager import ExecutionState

from flyteconnector import abort, last_words, outcome, request
from flyteconnector.client import Client, ConnectorError
from flyteconnector.progress import Reporter, resource_name, say

ENDPOINT_VARIABLE = "FLYTECONNECTOR_ENDPOINT"
_POLL_SECONDS = 0.5  # Flyte itself asks every 30 seconds
_FINAL = (
    TaskExecution.SUCCEEDED,
    TaskExecution.FAILED,
    TaskExecution.RETRYABLE_FAILED,
    TaskExecution.ABORTED,
    TaskExecution.UNDEFINED,  # Flyte reads an empty answer as a failure
)


def endpoint() -> str:
    """Return ``host:port`` of the connector for local runs, or an empty string: run in this process."""
    return os.environ.get(ENDPOINT_VARIABLE, "").strip()


class RemoteTaskMixin:
    """Makes a ``PythonFunctionTask`` run locally through a connector; put it first among the base classes.

    A local run is one attempt: Flyte's retries, cache service and timeouts are not played.

    Override ``execute_in_container`` or ``execute_in_process`` where your plugin needs more than to call the
    function.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if endpoint():
            abort.install()  # here, because a task is usually defined in the main thread but may run in another

    def execute(self, **kwargs: Any) -> Any:
        """Run the function where it belongs; flytekit calls this with Python values and expects Python
        values."""
        state = FlyteContextManager.current_context().execution_state
        if state is not None and state.mode == ExecutionState.Mode.TASK_EXECUTION:
            with last_words.of_an_exception():
                return self.execute_in_container(**kwargs)
        if endpoint():
            return self.execute_through_connector(**kwargs)
        return self.execute_in_process(**kwargs)

    def execute_in_container(self, **kwargs: Any) -> Any:
        """Run the function inside the task's container, where ``pyflyte-execute`` has called it."""
        return super().execute(**kwargs)

    def execute_in_process(self, **kwargs: Any) -> Any:
        """Run the function in the calling process, for a local run without a connector."""
        return super().execute(**kwargs)

    def execute_through_connector(self, **kwargs: Any) -> Any:
        """Run one attempt through the connector at ``FLYTECONNECTOR_ENDPOINT`` and return the function's
        value.

        Raises:
            ConnectorError: The connector could not be reached, or refused a call.
            RemoteUserError: The user's function raised.
            RemoteTaskError: The task failed for another reason.
        """
        prefix = FlyteContextManager.current_context().file_access.get_random_remote_directory()
        create = request.build(self, kwargs, prefix)
        category = agent_pb2.TaskCategory(
            name=create.template.type, version=create.template.task_type_version
        )
        client = Client(endpoint(), self.name, category)
        try:
            resource = run(client, create, self.name)
        finally:
            client.close()
        return outcome.value_of(self, resource, prefix)


def run(client: Client, create: agent_pb2.CreateTaskRequest, task: str) -> agent_pb2.Resource:
    """Create the task's resource, poll it until it has a final phase, and return the last answer.

    Plays Flyte: whatever does not succeed is deleted, also when this process is told to stop.
    """
    meta: bytes | None = None
    with abort.watching():
        try:
            reporter = Reporter(task)
            meta = client.create(create, abort.pause)
            while True:
                resource = client.get(meta, create.output_prefix, abort.pause)
                reporter.report(resource, meta)
                if resource.phase in _FINAL:
                    break
                abort.pause(_POLL_SECONDS)
        except BaseException as error:
            clean_up(client, create, task, meta, error)
            raise
        if resource.phase != TaskExecution.SUCCEEDED:
            clean_up(client, create, task, meta, None)
    return resource


def clean_up(
    client: Client,
    create: agent_pb2.CreateTaskRequest,
    task: str,
    meta: bytes | None,
    error: BaseException | None,
) -> None:
    """Delete the resource; a failure to do so is printed, because what led here is what the caller must see.

    An interrupted CreateTask may have created the resource without telling its name: the same request, sent
    again, tells it.
    """
    connector_failed = isinstance(error, ConnectorError)
    if meta is None and connector_failed and not error.late:
        return
    started = time.monotonic()
    name = "the resource"
    with abort.deleting() as call_it:
        try:
            if meta is None:
                meta = client.create(create)
            name = resource_name(meta) or name
            call_it(name)
            client.delete(meta, patience=0.0 if connector_failed else 10.0)
        except BaseException as failed:
            say(f"{task}: {name} may still be running: {failed or type(failed).__name__}")
            if not isinstance(failed, ConnectorError):
                raise
        else:
            say(f"{task}: deleted {name} ({time.monotonic() - started:.1f} s)")
