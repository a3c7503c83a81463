"""What did the task return, or raise?

The rule is Flyte 1's: where a task has outputs and the connector sent none, ``error.pb`` is looked for first
and turns even a success into a failure; then ``outputs.pb`` must be there.
"""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from flyteidl.admin import agent_pb2
from flyteidl.core import errors_pb2, literals_pb2
from flyteidl.core.execution_pb2 import TaskExecution
from flytekit import FlyteContextManager
from flytekit.core import utils
from flytekit.core.base_task import PythonTask
from flytekit.core.type_engine import TypeEngine
from flytekit.deck.deck import DECK_FILE_NAME
from flytekit.exceptions.user import FlyteUserException, FlyteUserRuntimeException
from flytekit.models.literals import LiteralMap

from flyteconnector.progress import phase_name, say


class RemoteTaskError(FlyteUserException):
    """The task failed, and left no exception of the user's code behind: out of memory, unknown image,
    refused."""

    def __str__(self) -> str:
        return _text(self)


class RemoteUserError(FlyteUserRuntimeException):
    """The user's function raised inside the task's container.

    Attributes:
        summary: Type and message of the user's exception, for example ``ValueError: negative x``.
        remote_traceback: Its traceback, as the container wrote it.
        recoverable: Whether it was a ``FlyteRecoverableException``.
    """

    def __init__(self, document: errors_pb2.ContainerError) -> None:
        trace, _, summary = document.message.partition("\nMessage:\n")
        self.recoverable = document.kind == errors_pb2.ContainerError.RECOVERABLE
        self.remote_traceback = textwrap.dedent(trace.removeprefix("Trace:").strip("\n"))
        self.summary = summary.strip() or document.message.strip()
        text = f"{self.summary}\n\nraised in the task's container:\n\n{self.remote_traceback.rstrip()}"
        super().__init__(RuntimeError(text))

    def __str__(self) -> str:
        return _text(self)


def show_deck(task: PythonTask, prefix: str) -> None:
    """Say where the task's deck is, if it has left one; flytekit writes it beside the outputs."""
    uri = f"{prefix}/{DECK_FILE_NAME}"
    if task.enable_deck and FlyteContextManager.current_context().file_access.exists(uri):
        say(f"{task.name} deck: {uri if '://' in uri else Path(uri).absolute().as_uri()}")


def may_be_retried(resource: agent_pb2.Resource, error: Exception) -> bool:
    """Whether Flyte would start another attempt after this error, were there retries left."""
    if resource.phase == TaskExecution.SUCCEEDED:
        return isinstance(error, RemoteUserError) and error.recoverable
    return resource.phase in (TaskExecution.RETRYABLE_FAILED, TaskExecution.UNDEFINED)


def value_of(task: PythonTask, resource: agent_pb2.Resource, prefix: str) -> Any:
    """Return what the task's function returned, in the shape that flytekit expects from ``execute``.

    Args:
        task: The task that ran.
        resource: The connector's last answer, with a final phase.
        prefix: The attempt's output prefix.

    Raises:
        RemoteUserError: The user's function raised.
        RemoteTaskError: The task failed for another reason, or succeeded without writing its outputs.
    """
    succeeded = resource.phase == TaskExecution.SUCCEEDED
    types = task.python_interface.outputs
    if not succeeded or (types and not resource.HasField("outputs")):
        error = _read(f"{prefix}/error.pb", errors_pb2.ErrorDocument)
        if error is not None:
            raise RemoteUserError(error.error)
    if not succeeded:
        raise RemoteTaskError(_describe(task, resource))
    if not types:
        return None
    literals = resource.outputs
    if not resource.HasField("outputs"):
        literals = _read(f"{prefix}/outputs.pb", literals_pb2.LiteralMap)
    if literals is None:
        raise RemoteTaskError(f"task {task.name} succeeded, but its container wrote no {prefix}/outputs.pb")
    ctx = FlyteContextManager.current_context()
    values = TypeEngine.literal_map_to_kwargs(ctx, LiteralMap.from_flyte_idl(literals), python_types=types)
    ordered = tuple(values[name] for name in types)
    single = len(types) == 1 and not task.python_interface.output_tuple_name
    return ordered[0] if single else ordered


def _text(error: BaseException) -> str:
    """Return an exception's text without flytekit's prefix, which would be repeated for each enclosing
    task."""
    return "\n".join(str(argument) for argument in error.args)


def _describe(task: PythonTask, resource: agent_pb2.Resource) -> str:
    """Say how the task ended, why, and where to look."""
    why = resource.message or "the connector gave no reason"
    return "\n".join(
        [
            f"task {task.name} ended as {phase_name(resource)}: {why}",
            *(f"{link.name}: {link.uri}" for link in resource.log_links),
        ]
    )


def _read(uri: str, message_type: type) -> Any:
    """Return the message stored at ``uri``, or None where there is none."""
    access = FlyteContextManager.current_context().file_access
    if not access.exists(uri):
        return None
    path = access.get_random_local_path()
    access.get_data(uri, path)
    return utils.load_proto_from_file(message_type, path)
