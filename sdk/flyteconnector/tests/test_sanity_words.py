"""Does connector-sanity refuse links, numbers and lengths that Flyte cannot show? The parts that need no connector."""

from __future__ import annotations

import math
from typing import Any

import pytest
from flyteidl.admin.agent_pb2 import Resource
from google.protobuf.struct_pb2 import Struct

from connector_sanity.checks.test_lifecycle_words import INFO, LONG, MESSAGE, finite, said, sound


@pytest.mark.parametrize(
    "uri", ["https://logs.example.com/a?b=c#d", "http://127.0.0.1:80/x", "https://[::1]/"]
)
def test_a_sound_link(uri: str) -> None:
    sound(uri)


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("/logs/a", "http or https would be right"),
        ("ftp://logs.example.com/a", "http or https would be right"),
        ("javascript:alert(1)", "http or https would be right"),
        ("https:///a", "has no host"),
        ("https://me:secret@logs.example.com/a", "has credentials"),  # pragma: allowlist secret
        ("https://logs.example.com/{{.Pod}}", "is a template that was not filled in"),
        ("https://logs.example.com/a b", "has white space"),
    ],
)
def test_a_link_that_is_not_sound(uri: str, says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        sound(uri)


def info(value: Any) -> Struct:
    """Return a custom_info."""
    made = Struct()
    made.update({"list": [1, {"deep": value}]})
    return made


def test_numbers_that_json_has() -> None:
    finite(info(-1.5e300))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_has_not(number: float) -> None:
    with pytest.raises(AssertionError, match=r"custom_info has the number -?(nan|inf), which JSON has not"):
        finite(info(number))


class Telling:
    """An engine that is told this."""

    def __init__(self, message: str, custom: Any) -> None:
        self.told = Resource(message=message, custom_info=info(custom))

    def get(self, task: object) -> Any:
        return self.told


def test_words_that_fit() -> None:
    assert len(LONG.encode()) == MESSAGE
    assert said(Telling(LONG, "x"), None)[:2] == ("UNDEFINED", LONG)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("message", "custom", "says"),
    [
        (LONG + "x", "", f"the message has {MESSAGE + 1} bytes, and {MESSAGE} would be right"),
        ("", "x" * INFO, f"custom_info has [0-9]+ bytes, and {INFO} would be right"),
    ],
)
def test_words_that_are_too_long(message: str, custom: str, says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        said(Telling(message, custom), None)  # type: ignore[arg-type]
