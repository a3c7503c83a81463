"""Does a page show what the kit has, what was recorded of connectors, and which mistakes test the checks?"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import conformance
import one_page
import pytest
from docutils import nodes

from devkit import freshness, sanity_mutants

TARGET = {
    "title": "a connector", "passed": 50, "failed": 0, "unexpected_passes": 0, "expected_failures": 1,
    "not_applicable": 9, "not_tried": 1, "seconds": 70.5, "known": {"P3": "nobody asks"}, "bad": [],
}  # fmt: skip
RECORD: dict[str, Any] = {
    "about": {"date": "today", "machine": "2 processors (X)", "inputs": "abc", "again": "WK"},
    "targets": {"job": TARGET},
    "fault_points": 144,
    "invariant_breaks": 0,
    "mutants": 48,
    "mutants_killed": 47,
    "survivors": ["x"],
    "runs": 20,
    "false_alarms_in_20": 0,
    "seconds_wire_and_kubernetes": 50.2,
    "seconds_all": 99.9,
    "goals": {"seconds_wire_and_kubernetes": 60, "seconds_all": 300},
}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that builds a page with one directive, and gives its document and warnings."""

    def build(directive: str, record: str | None = None) -> tuple[nodes.document, str]:
        if record is not None:
            (tmp_path / "conformance.json").write_text(record)
        monkeypatch.setattr(conformance, "RECORD", tmp_path / "conformance.json")
        return one_page.built(tmp_path, "conformance", directive)

    return build


def test_an_option_is_code_so_that_it_is_copied_with_its_hyphens(built):
    for directive, option in (("sanity-checks", "--slow"), ("sanity-results", "make sanity ARGS=--record")):
        document, _ = built(directive)
        assert option in {node.astext() for node in document.findall(nodes.literal)}
        assert not [text for text in document.findall(nodes.Text) if re.search("\u2013[a-z]", text)]


def test_all_checks_have_a_row(built):
    document, warnings = built("sanity-checks")
    rows = [row.astext() for row in document.findall(nodes.row)]
    assert warnings == ""
    assert len(rows) > 60
    assert rows[1].startswith("P1 blocker, wire")


def test_all_mutants_have_a_row(built):
    document, _ = built("sanity-mutants")
    assert len(list(document.findall(nodes.row))) == 1 + len(sanity_mutants.read())


def test_results_are_shown_with_what_is_known_and_whether_they_are_of_this_code(built):
    document, warnings = built("sanity-results", json.dumps(RECORD))
    text = document.astext()
    assert warnings == ""
    assert "The code has changed since, of today." in text
    assert "What is known to fail, and why:\n\nP3, a connector: nobody asks" in text
    assert "20 times in a row (wire, cluster): 0 false alarms" in text
    assert "47 of 48 mutants were seen" in text
    assert conformance.verdict(RECORD, "abc") == "This is of this very code, of today."


def test_without_a_record_the_page_says_so(built):
    document, warnings = built("sanity-results")
    assert warnings == ""
    assert "Nobody has recorded results yet" in document.astext()


@pytest.mark.parametrize("record", ["", "{}", '{"about": {}, "targets": {}}'])
def test_a_record_that_cannot_be_read_is_an_error_on_the_page(record: str, built):
    assert "write it with make sanity ARGS=--record" in built("sanity-results", record)[1]


def test_what_a_result_depends_on_is_there():
    assert len(freshness.fingerprint(conformance.INPUTS)) == 16
