"""What does a task's container leave as its last words?"""

from __future__ import annotations

import pytest
from flytekit.extend import IgnoreOutputs

from flyteconnector.flyte1 import last_words
from flyteconnector_a0.message import LIMIT


@pytest.fixture
def note(tmp_path, monkeypatch):
    monkeypatch.setenv("FLYTECONNECTOR_TERMINATION_LOG", str(tmp_path / "note"))
    return tmp_path / "note"


def deep(levels: int) -> None:
    if levels == 0:
        raise ValueError("größer als erlaubt")
    deep(levels - 1) if levels % 2 else (lambda: deep(levels - 1))()


def test_an_exception_leaves_the_end_of_its_traceback_and_goes_on(note):
    with pytest.raises(ValueError, match="größer"), last_words.of_an_exception():
        deep(200)
    words = note.read_text()
    assert words.startswith("…")
    assert words.endswith("ValueError: größer als erlaubt")
    assert LIMIT - 4 < len(words.encode()) <= LIMIT


def test_a_worker_without_outputs_leaves_nothing(note):
    with pytest.raises(IgnoreOutputs), last_words.of_an_exception():
        raise IgnoreOutputs("worker 1")
    assert not note.exists()


def test_a_file_that_cannot_be_written_does_not_hide_the_exception(note):
    note.mkdir()
    with pytest.raises(ValueError, match="größer"), last_words.of_an_exception():
        deep(1)


def test_a_function_that_returns_leaves_nothing(note):
    with last_words.of_an_exception():
        pass
    assert not note.exists()
