"""What did the task return, or raise?

The rule is Flyte 2's: the phase decides. Where the connector sent no outputs, ``outputs.pb`` must be there. Why a task
has failed is in ``error.pb``; whether another attempt may succeed, the phase says.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from flyte import errors, storage
from flyte.types import TypeEngine
from flyteidl2.connector import connector_pb2
from flyteidl2.core import literals_pb2
from flyteidl2.task import common_pb2

from flyteconnector.flyte2 import private
from flyteconnector.progress import phase_name
from flyteconnector_a0 import errorfile
from flyteconnector_a0.errorfile import Document

if TYPE_CHECKING:
    from flyteconnector.flyte2.task import RemoteFunctionTask

# How a termination message of flyteconnector-a0 ends.
_TRACE = re.compile(r"\(\w+ error, (?:not )?recoverable\)\n\n(.+)", re.DOTALL)
_KINDS = {"USER": errors.RuntimeUserError, "SYSTEM": errors.RuntimeSystemError}


def may_be_retried(error: Exception) -> bool:
    """Whether the SDK starts another attempt after this error, where there are retries left."""
    return not isinstance(error, errors.NonRecoverableError)


async def value_of(task: RemoteFunctionTask, resource: connector_pb2.Resource, prefix: str) -> Any:
    """Return what the task's function returned, in the shape that the SDK expects from ``execute``.

    Args:
        task: The task that ran.
        resource: The connector's last answer, with a final phase.
        prefix: The attempt's output prefix.

    Raises:
        flyte.errors.RuntimeUserError: The user's function raised, or the task failed for another reason; a
            ``NonRecoverableError`` where another attempt would fail as well.
        flyte.errors.RuntimeSystemError: It was not the user's fault.
    """
    if phase_name(resource) == "SUCCEEDED":
        types = task.interface.outputs
        if not types:
            return None
        outputs = resource.outputs if resource.HasField("outputs") else await _outputs(prefix)
        if outputs is not None:
            literals = literals_pb2.LiteralMap(literals={each.name: each.value for each in outputs.literals})
            values = await TypeEngine.literal_map_to_kwargs(literals, types)
            ordered = tuple(values[name] for name in types)
            return ordered[0] if len(ordered) == 1 else ordered
    raise _error(task, resource, await _document(resource, prefix), prefix)


async def _outputs(prefix: str) -> common_pb2.Outputs | None:
    uri = storage.join(prefix, private.OUTPUTS_FILE)
    if not await storage.exists(uri):
        return None
    return common_pb2.Outputs.FromString(b"".join([chunk async for chunk in storage.get_stream(uri)]))


async def _document(resource: connector_pb2.Resource, prefix: str) -> Document | None:
    try:
        return await asyncio.to_thread(errorfile.read, prefix)  # it has an event loop of its own
    except errorfile.UnreadableError:
        if phase_name(resource) == "SUCCEEDED":
            raise
        return None  # the connector's own words have to do


def _error(
    task: RemoteFunctionTask, resource: connector_pb2.Resource, document: Document | None, prefix: str
) -> Exception:
    """Return the exception for a task that failed, or that succeeded without outputs."""
    phase = phase_name(resource)
    if document is not None:
        code, kind, text = document.code, document.origin, _with_traceback(document, resource.message)
    elif phase == "SUCCEEDED":
        code, kind = "OutputsNotFound", "SYSTEM"
        text = f"task {task.name} succeeded, but its container wrote no {prefix}/{private.OUTPUTS_FILE}"
    else:
        code, kind, text = phase, "USER", _describe(task, resource)
    if phase not in ("RETRYABLE_FAILED", "SUCCEEDED"):
        return errors.NonRecoverableError(text, code=code)
    return _KINDS.get(kind, errors.RuntimeUnknownError)(code, text)


def _with_traceback(document: Document, message: str) -> str:
    """Return the error's text, and the end of its traceback where the connector passed it on."""
    found = _TRACE.search(message)
    if found is None or document.code not in found[1]:  # it may be of another pod
        return document.message
    return f"{document.message}\n\nraised in the task's container:\n\n{found[1].rstrip()}"


def _describe(task: RemoteFunctionTask, resource: connector_pb2.Resource) -> str:
    """Say how the task ended, why, and where to look."""
    why = resource.message or "the connector gave no reason"
    links = [f"{link.name}: {link.uri}" for link in resource.log_links]
    return "\n".join([f"task {task.name} ended as {phase_name(resource)}: {why}", *links])
