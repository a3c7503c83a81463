"""Does each line of progress stay one, when several tasks run side by side?"""

from __future__ import annotations

import io
import sys

import pytest

from flyteconnector import progress


class Pieces(io.StringIO):
    """A standard error that remembers what it was given at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[str] = []

    def write(self, text: str) -> int:
        self.given.append(text)
        return super().write(text)


def test_a_line_and_its_end_are_written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = Pieces()
    monkeypatch.setattr(sys, "stderr", pieces)
    progress.say("squares RUNNING")
    progress.say("squares SUCCEEDED")
    assert pieces.given == ["squares RUNNING\n", "squares SUCCEEDED\n"]
