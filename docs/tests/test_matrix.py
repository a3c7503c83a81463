"""Does a page show each environment as it was, and say when the code is no longer the one that was tested?"""

from __future__ import annotations

import json
from pathlib import Path

import matrix
import one_page
import pytest
from docutils import nodes

from devkit import matrix_rows

TESTS = {"passed": 9, "failed": 0, "error": 0, "skipped": 0, "deselected": 0, "xfailed": 0, "xpassed": 0}
ROW = {"name": "one", "kind": "flytekit", "wants": ["flytekit==1"], "why": "because"}
GOOD = ROW | {
    "status": "passed",
    "python": "3.11.7",
    "versions": {"flytekit": "1.0"},
    "tests": TESTS,
    "failures": [],
}
BAD = GOOD | {
    "status": "failed",
    "tests": TESTS | {"failed": 2, "error": 1, "skipped": 3},
    "failures": ["test_x: 1 != 2"],
}
NONE = ROW | {"status": "unresolved", "error": "you require a and b"}
BROKEN = ROW | {"status": "failed", "error": "pytest ended with 4"}
CASES = {  # a row -> its cells, but for the last, and what is said about it below the table
    "passed": (GOOD, ["flytekit 1.0, Python 3.11.7", "9", "0", "0"], []),
    "failed": (BAD, ["flytekit 1.0, Python 3.11.7", "9", "3", "3"], ["one: test_x: 1 != 2"]),
    "unresolved": (NONE, ["flytekit==1", "no such environment", "–", "–"], ["one: you require a and b"]),
    "without tests": (
        BROKEN,
        ["flytekit==1", "the tests did not run to the end", "–", "–"],
        ["one: pytest ended with 4"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_row_is_shown_as_it_was(name: str):
    row, cells, reasons = CASES[name]
    assert matrix.cells(row) == [*cells, "because"]
    assert matrix.reasons([row]) == reasons


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("abc", "These tests ran with this code, on today: 1 of 2 environments passed."),
        ("def", "The code has changed since these tests ran, on today: 1 of 2 environments passed."),
    ],
)
def test_a_page_says_whether_the_tests_were_of_this_code(now: str, said: str):
    assert matrix.verdict({"about": {"inputs": "abc", "date": "today"}, "rows": [GOOD, BAD]}, now) == said


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that builds a page with the directive from a record, and gives its document and warnings."""

    def build(record: str) -> tuple[nodes.document, str]:
        (tmp_path / "matrix.json").write_text(record)
        monkeypatch.setattr(matrix, "RECORD", tmp_path / "matrix.json")
        return one_page.built(tmp_path, "matrix", "version-matrix")

    return build


def test_a_page_has_the_verdict_the_table_and_the_reasons(built):
    record = {"about": {"inputs": matrix_rows.inputs(), "date": "today"}, "rows": [GOOD, NONE]}
    document, warnings = built(json.dumps(record))
    assert warnings == ""
    assert "These tests ran with this code" in next(document.findall(nodes.strong)).astext()
    assert len(list(document.findall(nodes.row))) == 1 + 2
    assert [item.astext() for item in document.findall(nodes.list_item)] == ["one: you require a and b"]


@pytest.mark.parametrize("record", ["", "{}", '{"about": {}, "rows": []}'])
def test_a_record_that_cannot_be_read_is_an_error_on_the_page(record: str, built):
    assert "write it with make matrix ARGS=--record" in built(record)[1]


def test_the_record_has_the_rows_of_the_table():
    record = json.loads(matrix.RECORD.read_text(encoding="utf-8"))
    for row, shown in zip(matrix_rows.load(), record["rows"], strict=True):
        assert {name: shown[name] for name in ROW} == vars(row)
        assert matrix.cells(shown)[-1] == row.why
