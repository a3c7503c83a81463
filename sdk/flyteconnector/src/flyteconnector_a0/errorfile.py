"""What has a0 written about the task's failure?

Read as a0 writes it: with ``flyte.storage``, the public half of the SDK's storage, which takes endpoint and keys from
the same environment (``FLYTE_AWS_ENDPOINT``, …). Not public, and so repeated here: that the file is called
``error.pb`` and holds a ``flyteidl2.core.ErrorDocument`` (flyte 2.12.1, ``flyte/_internal/runtime/io.py``).
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple


class UnreadableError(Exception):
    """Whether there is an ``error.pb``, or what is in it, could not be found out."""


class Document(NamedTuple):
    """Why a task has failed."""

    code: str
    """The class of the exception."""
    message: str
    """Its text."""
    origin: str
    """Whose fault it is: USER, SYSTEM or UNKNOWN."""
    recoverable: bool
    """Whether another attempt may succeed."""


def read(prefix: str) -> Document | None:
    """Return the error in the folder ``prefix``, or None where the store says plainly that there is none.

    Raises:
        UnreadableError: The store refused, was not there, or had something else under that name.
    """
    uri = f"{prefix.rstrip('/')}/error.pb"
    try:
        content = asyncio.run(_content(uri))
    except FileNotFoundError:
        return None
    except Exception as error:  # every store has errors of its own
        raise UnreadableError(
            f"{uri} could not be read: {type(error).__name__}: {error}\n"
            "The task's identity must be allowed to read its own outputs, and to list them: where it may not list, "
            "S3 answers 403 also for what does not exist."
        ) from error
    return _parse(content, uri)


async def _content(uri: str) -> bytes:
    from flyte import storage

    return b"".join([chunk async for chunk in storage.get_stream(uri)])


def _parse(content: bytes, uri: str) -> Document:
    from flyteidl2.core import execution_pb2
    from google.protobuf.message import DecodeError

    try:
        document = execution_pb2.ErrorDocument.FromString(content)
    except DecodeError as problem:
        raise UnreadableError(f"{uri} is no flyteidl2.core.ErrorDocument: {problem}") from problem
    if not document.HasField("error"):
        raise UnreadableError(f"{uri} is there, but holds no error ({len(content)} bytes)")
    error = document.error
    return Document(
        code=error.code or "Unknown",
        message=error.message,
        origin=execution_pb2.ExecutionError.ErrorKind.Name(error.origin),
        recoverable=error.kind == execution_pb2.ContainerError.RECOVERABLE,
    )
