"""Is every error that our code can show on the list, and how many of them does the troubleshooting page explain?"""

from __future__ import annotations

import error_list
import error_texts
import pytest
from error_texts import Text

WITHOUT = 126  # texts of which the troubleshooting page says nothing; this number only shrinks

GO = """
var ErrGone = errors.New("no such object")
func f() error {
	if x { return fmt.Errorf("read %q: %w: it must have " +
		"at most %d bytes", name, err, most) }
	return status.Errorf(codes.NotFound, `it names a \"%s\"`, kind)
}
var other = fmt.Errorf("%s: %w", name, err)
"""
PYTHON = """
def f():
    if x:
        raise ValueError(f"{name} = {value!r}: must be "
                         f"between 0 and 1")
    raise Refused("worker " + str(n) + " cannot share")
    raise StopIteration
"""


def test_what_has_no_entry_only_shrinks():
    left = error_texts.missing(error_texts.here(), error_texts.rows())
    assert len(left) <= WITHOUT, [f"{text.file}:{text.line}: {text.text}" for text in left]


def test_errors_of_go_are_found():
    found = [text.text for text in error_texts.of_go("a.go", GO)]
    assert found == ["no such object", "read …: …: it must have at most … bytes", 'it names a "…"', "…: …"]
    assert [error_texts.says(text) for text in error_texts.of_go("a.go", GO)] == [True, True, True, False]
    assert [text.line for text in error_texts.of_go("a.go", GO)] == [2, 4, 6, 8]


def test_errors_of_python_are_found():
    found = sorted(text.text for text in error_texts.of_python("a.py", PYTHON))
    assert found == ["worker … cannot share", "… = …: must be between 0 and 1"]


@pytest.mark.parametrize(
    ("row", "explained"),
    [
        ({"message": "read …: it must have at most", "code": "a.go"}, True),
        ({"message": "read …: it must have at most", "code": "b.go"}, True),
        ({"message": "read …: it must be", "code": "b.go"}, False),
        ({"message": "something else", "code": "a.go"}, False),
        ({"message": "it must have at most", "known": "read 1"}, False),
    ],
)
def test_a_message_of_the_same_file_explains_a_text(row: dict[str, str], explained: bool):
    text = Text("a.go", 1, "read …: it must have at most … bytes")
    assert error_texts.explained(text, [row]) is explained


def test_every_error_has_a_place():
    found = {error_list.place(text) for text in error_texts.here()}
    assert found == set(error_list.PLACES)
