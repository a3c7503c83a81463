"""Do a container's last words fit, and are they those of the error?"""

from __future__ import annotations

import pytest

from flyteconnector_a0.errorfile import Document
from flyteconnector_a0.message import LIMIT, end_of, leave, text, traceback_in

TRACE = """Traceback (most recent call last):
  File "a.py", line 1, in f
    raise KeyError
KeyError

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "b.py", line 2, in g
    raise ValueError("no")
ValueError: no"""


def indented(words: str) -> str:
    return "".join(f"{' ' * 25}{line}{' ' * 30}\n" for line in words.splitlines())


@pytest.mark.parametrize(
    ("log", "found"),
    [
        (f"before\n{TRACE}", TRACE),
        (f"18:01 ERROR  Task failed: no\n{indented(TRACE)}18:02 WARNING  done   \n", TRACE),
        (f"{indented(TRACE.replace('ValueError', 'OSError'))}between\n{TRACE}", TRACE),
        ("all is well", ""),
        ("", ""),
    ],
    ids=["a plain log", "a0's log", "the last of two", "none", "an empty log"],
)
def test_the_last_traceback_of_a_log_is_found_with_what_it_was_chained_to(log: str, found: str):
    assert traceback_in(log) == found


@pytest.mark.parametrize(
    ("words", "limit", "kept"),
    [
        ("four", 4, "four"),
        ("fours", 4, "…s"),
        ("größer", 6, "…er"),
        ("größer", 8, "größer"),
        ("ßßßß", 7, "…ßß"),
    ],
)
def test_the_end_of_a_text_is_kept_and_no_character_is_cut_in_two(words: str, limit: int, kept: str):
    assert end_of(words, limit) == kept
    assert len(kept.encode()) <= limit


def test_the_traceback_of_another_error_is_left_out():
    error = Document("OSError", "no disk", "SYSTEM", True)
    assert text(error, ["", TRACE]) == "OSError: no disk\n(system error, recoverable)"


def test_what_was_logged_after_the_traceback_is_left_out():
    error = Document("ValueError", "no", "USER", True)
    words = text(
        error, [f"[flyte] ERROR Task failed\n{TRACE}\n[flyte] ERROR ValueError: no\n[flyte] WARNING done"]
    )
    assert words.endswith(f"\n\n{TRACE}")


def test_a_long_message_leaves_room_for_the_traceback():
    words = text(Document("ValueError", "x" * 9000, "USER", True), [TRACE, ""])
    assert len(words.encode()) <= LIMIT
    assert words.endswith(TRACE)


def test_without_a_file_the_words_are_the_end_of_the_log(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("FLYTECONNECTOR_TERMINATION_LOG", str(tmp_path / "no" / "folder"))
    leave("ValueError: no", "the task has failed")
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "flyteconnector-a0: the task has failed"
    assert "no termination message: " in said[1]
    assert said[-1] == "ValueError: no"
