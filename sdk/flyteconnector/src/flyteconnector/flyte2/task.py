"""Where does a task's function run: in its container, through a connector, or here?

The SDK's own ``AsyncConnectorExecutorMixin`` does the second, but not well enough for an operator's jobs: with local
data it runs the function here whatever it was told, it never deletes, it polls for ever after RETRYABLE_FAILED, and it
needs the connector's Python code. This class uses none of its parts.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any, ClassVar

import flyte
from flyte.extend import AsyncFunctionTaskTemplate
from flyte.models import SerializationContext

from flyteconnector import abort
from flyteconnector.endpoint import endpoint
from flyteconnector.flyte2 import attempts, outcome, refusals, request, waiting
from flyteconnector.progress import say

ENTRYPOINT = "flyteconnector-a0"  # tells by its exit code how the task has ended; a0 does not


@dataclass(kw_only=True)
class RemoteFunctionTask(AsyncFunctionTaskTemplate):
    """A Python function whose runs go through a connector, also local ones.

    Declare yours with ``@dataclass(kw_only=True)`` and a ``task_type`` of its own, return your configuration from
    ``custom_config``, and register it with ``flyte.extend.TaskPluginRegistry``. Override ``execute_in_container`` or
    ``execute_in_process`` where your plugin needs more than to call the function.

    Flyte's retries and caches are the SDK's own, also locally; timeouts belong to the connector.
    """

    launch_variable: ClassVar[str] = ""
    """An environment variable that your plugin sets in the container. Without it, the container was not
    started by your plugin, and the task fails with the reason instead of running as a plain pod."""

    def __post_init__(self) -> None:
        super().__post_init__()
        refusals.task_type(self)
        if endpoint():
            abort.install()  # here, because a task is usually defined in the main thread but runs in another

    def container_args(self, serialize_context: SerializationContext) -> list[str]:
        """Return the command line of the task's container. The SDK asks for it whenever it serialises the task, so
        this is also where the configuration is checked."""
        refusals.custom(self, self.custom_config(serialize_context))
        return [ENTRYPOINT, *super().container_args(serialize_context)[1:]]

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Run the function where it belongs; the SDK calls this with Python values and expects Python values."""
        inputs = self.interface.convert_to_kwargs(*args, **kwargs)
        if flyte.ctx().mode == "remote":
            refusals.plain_pod(self)
            return await self.execute_in_container(**inputs)
        if not endpoint():
            return await self.execute_in_process(**inputs)
        return await self.execute_through_connector(**inputs)

    async def execute_in_container(self, **inputs: Any) -> Any:
        """Run the function inside the task's container, where ``a0`` has called it."""
        return await super().execute(**inputs)

    async def execute_in_process(self, **inputs: Any) -> Any:
        """Run the function in the calling process, for a local run without a connector."""
        return await super().execute(**inputs)

    async def execute_through_connector(self, **inputs: Any) -> Any:
        """Run one attempt through the connector at ``FLYTECONNECTOR_ENDPOINT`` and return the function's value.

        Raises:
            ConnectorError: The connector could not be reached, or refused a call.
            flyte.errors.BaseRuntimeError: The task failed; a ``NonRecoverableError`` where Flyte would not try again.
            asyncio.CancelledError: The caller was cancelled, or the process told to stop; the resource is deleted.
        """
        from flyteconnector.flyte2.api import (  # gRPC, which neither a container nor Flyte 2's SDK needs
            API,
            Client,
        )

        attempt = attempts.following(flyte.ctx())
        create = await request.build(self, inputs, attempt)
        with contextlib.closing(Client(endpoint(), self.name, create.template, API)) as client:
            resource = await waiting.run(client, create, self.name, attempt.number)
        try:
            return await outcome.value_of(self, resource, create.output_prefix)
        except Exception as error:
            if attempt.number < self.retries.count and outcome.may_be_retried(error):
                line = str(error).partition("\n")[0] or getattr(error, "code", "")
                say(f"{self.name}: attempt {attempt.number + 1} of {self.retries.count + 1} failed: {line}")
            raise
