"""Where does a task's function run: in its container, through a connector, or here?

flytekit's own ``AsyncConnectorExecutorMixin`` does the second, but not well enough for an operator's jobs: it
needs an event loop of its own (so it fails under ``@eager``), leaves the job behind on SIGTERM and on a gRPC
error, sends no execution metadata, returns literals where ``map_task`` wants values, and shows nothing
without a terminal. This mixin is synchronous and uses none of its parts.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, ClassVar

from flyteidl.admin import agent_pb2
from flyteidl.service import agent_pb2_grpc
from flytekit import FlyteContext, FlyteContextManager
from flytekit.core.context_manager import ExecutionState

from flyteconnector import abort, runs
from flyteconnector.client import Api, Client
from flyteconnector.endpoint import endpoint
from flyteconnector.flyte1 import last_words, outcome, refusals, request
from flyteconnector.progress import say

API = Api(agent_pb2_grpc.AsyncAgentServiceStub, agent_pb2)
_dispatched: ContextVar[object] = ContextVar("dispatched", default=None)


class RemoteTaskMixin:
    """Makes a ``PythonFunctionTask`` run locally through a connector; put it first among the base classes.

    Flyte's retries are played, but not its caches and timeouts: those belong to flytekit and to the connector.

    Override ``execute_in_container`` or ``execute_in_process`` where your plugin needs more than to call the
    function.
    """

    launch_variable: ClassVar[str] = ""
    """An environment variable that your plugin sets in the container. Without it, the container was not
    started by your plugin, and the task fails with the reason instead of running as a plain pod."""
    in_propeller: ClassVar[bool] = False
    """Whether the plugin is linked into FlytePropeller. Then ``map_task`` and ``with_overrides`` work in full."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        refusals.execution_mode(self)
        if endpoint():
            abort.install()  # here, because a task is usually defined in the main thread but may run in another

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task, or make a node of a workflow, whose ``with_overrides`` takes only what reaches the plugin."""
        result = super().__call__(*args, **kwargs)
        compilation = FlyteContextManager.current_context().compilation_state
        if (
            compilation is not None and compilation.mode == 1 and not self.in_propeller
        ):  # flytekit's own condition
            refusals.watch_overrides(self, compilation.nodes[-1])
        return result

    def set_command_fn(self, get_command_fn: Callable[..., Any] | None = None) -> None:
        """flytekit calls this when it serialises a ``map_task`` of this task."""
        if not self.in_propeller:
            refusals.map_task(self, get_command_fn)
        super().set_command_fn(get_command_fn)

    def dispatch_execute(self, ctx: FlyteContext, input_literal_map: Any) -> Any:
        """Run the task with literals; a ``map_task`` calls ``execute`` without this."""
        token = _dispatched.set(self)
        try:
            return super().dispatch_execute(ctx, input_literal_map)
        finally:
            _dispatched.reset(token)

    def execute(self, **kwargs: Any) -> Any:
        """Run the function where it belongs; flytekit calls this with Python values and expects Python
        values."""
        state = FlyteContextManager.current_context().execution_state
        if state is not None and state.mode == ExecutionState.Mode.TASK_EXECUTION:
            with last_words.of_an_exception():
                refusals.plain_pod(self)
                return self.execute_in_container(**kwargs)
        if not endpoint():
            return self.execute_in_process(**kwargs)
        if _dispatched.get() is not self and not self.in_propeller:
            raise refusals.mapped(self)
        return self.execute_through_connector(**kwargs)

    def execute_in_container(self, **kwargs: Any) -> Any:
        """Run the function inside the task's container, where ``pyflyte-execute`` has called it."""
        return super().execute(**kwargs)

    def execute_in_process(self, **kwargs: Any) -> Any:
        """Run the function in the calling process, for a local run without a connector."""
        return super().execute(**kwargs)

    def execute_through_connector(self, **kwargs: Any) -> Any:
        """Run the task through the connector at ``FLYTECONNECTOR_ENDPOINT`` and return the function's value.

        Raises:
            ConnectorError: The connector could not be reached, or refused a call.
            RemoteUserError: The user's function raised.
            RemoteTaskError: The task failed for another reason.
        """
        folder = FlyteContextManager.current_context().file_access.get_random_remote_directory()
        create, attempts = None, 1 + self.metadata.retries
        for attempt in range(attempts):
            create = request.build(self, kwargs, f"{folder}/{attempt}", retry_of=create)
            with contextlib.closing(Client(endpoint(), self.name, create.template, API)) as client:
                resource = runs.run(client, create, self.name, attempt)
            outcome.show_deck(self, create.output_prefix)
            try:
                return outcome.value_of(self, resource, create.output_prefix)
            except Exception as error:
                if attempt + 1 == attempts or not outcome.may_be_retried(resource, error):
                    raise
                say(f"{self.name}: attempt {attempt + 1} of {attempts} failed: {str(error).splitlines()[0]}")
        raise AssertionError("a task has at least one attempt")
