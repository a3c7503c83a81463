"""Does the fault matrix show what was recorded, and refuse a record of other rows?"""

from __future__ import annotations

import json

import fault_matrix
import pytest

from devkit import faults

ROWS = faults.read()


@pytest.fixture
def record():
    rows = {
        str(row.number): {"measured": f"seen {row.number}", "wrong": "", "seconds": 1.0}
        for row in ROWS
        if row.run
    }
    about = {"date": "2026-11-27 06:00 UTC", "inputs": "abc"}
    return {"about": about, "run": len(rows), "failed": 0, "rows": rows}


def text(cell) -> str:
    return "".join(node.astext() for node in cell).replace("<wbr>", "")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.number))
def test_each_row_says_something_in_each_cell(row, record):
    shown = [text(cell) for cell in fault_matrix.cells(row, record)]
    assert len(shown) == len(fault_matrix.HEAD)
    assert all(cell.strip() for cell in shown)
    if row.run:
        assert f"seen {row.number}" in shown[2]
    for test in row.tests:
        assert test in shown[2]
    assert row.not_here in shown[2]


def test_an_old_record_says_so(record):
    assert "with this code" in fault_matrix.verdict(record, "abc")
    assert "has changed" in fault_matrix.verdict(record, "def")
    assert f"{record['run']} of 32" in fault_matrix.verdict(record, "abc")


@pytest.mark.parametrize("wrong", ["missing", "failed"])
def test_a_record_of_other_rows_is_refused(wrong, record, tmp_path):
    if wrong == "missing":
        del record["rows"]["1"]
    else:
        record["failed"] = 1
    path = tmp_path / "faults.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(ValueError, match=r"faults\.json has the rows"):
        fault_matrix.read(path)
