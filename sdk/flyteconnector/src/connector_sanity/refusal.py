"""Was a task refused, and in which words? Either CreateTask fails, or GetTask says FAILED of what it accepted."""

from __future__ import annotations

import re
from typing import Any

import grpc

from connector_sanity.engine import Flyte, code, phase

WRONG = ("INVALID_ARGUMENT",)
"""The code of a request that nobody can carry out as it is."""
FINAL = ("INVALID_ARGUMENT", "FAILED_PRECONDITION", "PERMISSION_DENIED", "NOT_FOUND", "OUT_OF_RANGE")
"""The codes of a task that this cluster will never take."""
WAYS = {"deferred": "a GetTask that says FAILED", "status": "a gRPC error, which costs the user a retry"}
CRASHED = ("INTERNAL", "UNKNOWN", "DATA_LOSS", "UNAVAILABLE", "DEADLINE_EXCEEDED", "UNIMPLEMENTED")
"""Codes that say nothing about the request: something broke in the connector, or nobody answered."""


def refused(flyte: Flyte, request: Any, what: str, codes: tuple[str, ...] = WRONG) -> str:
    """Return the words in which a task is refused; raises AssertionError when it is not.

    Args:
        flyte: The engine that sends it.
        request: The CreateTaskRequest.
        what: What is wrong with it, for the error's text.
        codes: The gRPC codes of which CreateTask may answer one.
    """
    got, words, task = outcome(flyte.create, request)
    if task is None:
        assert got in codes, f"{what}: {got} {words[:300]!r}; {' or '.join(codes)} would be right"
        return words
    got, words, told = outcome(flyte.get, task, task_type=request.template.type or None)
    assert told is not None, f"{what}: accepted, and GetTask answers {got} {words!r}; FAILED would be right"
    assert phase(told) == "FAILED", (
        f"{what}: accepted, and GetTask says {phase(told)} {told.message!r}; "
        f"{' or '.join(codes)}, or a GetTask that says FAILED, would be right"
    )
    return str(told.message)


def never(flyte: Flyte, request: Any, what: str, *says: str) -> str:
    """Return the words in which a task is refused for good; raises AssertionError when none of `says` is among them."""
    before = len(flyte.made)
    words = refused(flyte, request, what, FINAL)
    way = "deferred" if len(flyte.made) > before else "status"
    assert way == flyte.profile.refusals, (
        f"{what}: refused by {WAYS[way]}, and the profile says `refusals: {flyte.profile.refusals}`: {words[:300]!r}"
    )
    assert words.strip(), f"{what}: refused without a word; the user would have to be told why"
    assert not says or any(each.lower() in words.lower() for each in says), (
        f"{what}: refused with {words[:300]!r}; {' or '.join(map(repr, says))} would tell why"
    )
    return words


def names(words: str, field: str) -> bool:
    """Return whether words name a field: task_execution_metadata, taskExecutionMetadata, "task execution metadata"."""
    return _plain(field) in _plain(words)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def outcome(call: Any, *arguments: Any, **named: Any) -> tuple[str, str, Any]:
    """Make a call, and return the name of its code, the words of its error, and its answer: ("OK", "", …)."""
    try:
        return "OK", "", call(*arguments, **named)
    except grpc.RpcError as error:
        return code(error), str(error.details()), None  # type: ignore[attr-defined]


def answered(call: Any, *arguments: Any, what: str, **named: Any) -> Any:
    """Make a call that may be refused; return its answer or None. Raises AssertionError when the connector broke."""
    got, words, answer = outcome(call, *arguments, **named)
    assert got not in CRASHED, f"{what}: {got} {words[:300]!r}; an answer or a refusal would be right"
    return answer
