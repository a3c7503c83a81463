"""Does the quality page say what is missing, what is old and what misses its goal? And are commands counted?"""

from __future__ import annotations

import tomllib

import pytest
import quality_page
import tally
from docutils import nodes
from docutils.utils import new_document

from devkit import quality
from devkit.quality import Row

FIELDS = {"when": str, "had": str, "built": str, "minutes": int, "found": int, "fixed": int}
MORE = {"ended": str, "left": str}


def console(text: str, *classes: str) -> nodes.container:
    return nodes.container("", nodes.literal_block(text, text, language="console"), classes=list(classes))


def page(*parts: nodes.Node) -> nodes.document:
    document = new_document("page")
    document += list(parts)
    return document


def test_commands_are_counted_by_how_they_are_run():
    document = page(
        console("$ make try\n$ make test\noutput", "command", "record"),
        console("$ docker push", "command", "not-run"),
        nodes.container("", console("$ go test ./...", "command"), classes=["along"]),
        nodes.literal_block("$ rm", "$ rm", language="console"),
        nodes.literal_block("$ not a command", "$ not a command", language="text"),
    )
    assert tally.commands(document) == {"recorded": 2, "not_run": 1, "walked": 1, "unknown": 1}


def test_the_numbers_of_all_pages_are_added_up():
    pages = [
        {"commands": {"recorded": 2, "not_run": 1}, "literals": ["make try", "go/a.go"]},
        {"commands": {"recorded": 1}, "literals": []},
    ]
    found = tally.numbers(pages)
    assert found["commands_shown"] == 4
    assert [found[f"commands_{how}"] for how in ("recorded", "not_run", "walked", "unknown")] == [3, 1, 0, 0]
    assert (found["pages"], found["names_checked"], found["commands_named"]) == (2, 2, 1)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "missing"), (True, "yes"), (False, "no"), (0, "0"), (1234.0, "1,234"), (61.25, "61.2")],
)
def test_a_missing_number_is_called_missing(value: float | None, shown: str):
    assert quality_page.written(value) == shown


def test_a_result_says_with_which_code_it_was_made():
    row = Row("steps", "steps", "steps")
    assert quality_page.of(row, {"results": {}}) == "no result yet: make steps"
    old = {"results": {"steps": {"inputs": "0", "date": "2026-11-27 05:00 UTC", "numbers": {}}}}
    assert quality_page.of(row, old) == f"{quality.OLDER} (2026-11-27)"


def test_the_page_shows_every_group():
    text = (quality_page.ROOT / "docs/quality.md").read_text(encoding="utf-8")
    for group in quality.rows():
        assert f"```{{quality}} {group}\n" in text


def test_each_reader_says_what_every_reader_says():
    for one in tomllib.loads(quality.READERS.read_text(encoding="utf-8"))["reader"]:
        assert one.keys() >= FIELDS.keys()
        assert one["fixed"] <= one["found"]
        for name, value in one.items():
            assert isinstance(value, (FIELDS | MORE)[name]), name
