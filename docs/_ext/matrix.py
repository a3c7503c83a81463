"""With which versions do the tests of our Python packages pass? ``{version-matrix}`` shows docs/records/matrix.json.

``make matrix ARGS=--record`` writes it. The page says whether the record is of the code as it is now, and shows a row
that does not pass with its reasons.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import again
from docutils import nodes
from measured import table
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from devkit import matrix_rows

RECORD = Path(__file__).resolve().parents[1] / "records" / "matrix.json"
HEAD = ["Versions", "Tests passed", "failed", "not run", "Why this row"]
WIDTHS = (40, 10, 10, 10, 30)
Result = dict[str, Any]


def count(row: Result, *outcomes: str) -> int:
    return sum(row["tests"].get(outcome, 0) for outcome in outcomes)


def cells(row: Result) -> list[str]:
    """Return a row of the table as texts; one without an environment, or whose tests did not end, has no numbers."""
    if "tests" not in row:
        said = "no such environment" if row["status"] == "unresolved" else "the tests did not run to the end"
        return [", ".join(row["wants"]), said, "–", "–", row["why"]]
    versions = {**row["versions"], "Python": row["python"]}
    numbers = [
        count(row, "passed"),
        count(row, "failed", "error", "xpassed"),
        count(row, "skipped", "deselected", "xfailed"),
    ]
    return [
        ", ".join(f"{name} {version}" for name, version in versions.items()),
        *map(str, numbers),
        row["why"],
    ]


def reasons(rows: list[Result]) -> list[str]:
    """Return a line for each test that failed, and for each row without tests."""
    return [
        f"{row['name']}: {said}"
        for row in rows
        for said in [*row.get("failures", []), *([row["error"]] if "error" in row else [])]
    ]


def verdict(record: Result, now: str) -> str:
    """Return how many rows pass, and whether that is true of the files with this fingerprint."""
    rows = record["rows"]
    passed = sum(row["status"] == "passed" for row in rows)
    same = (
        "These tests ran with this code"
        if record["about"]["inputs"] == now
        else "The code has changed since these tests ran"
    )
    return f"{same}, on {record['about']['date']}: {passed} of {len(rows)} environments passed."


class MatrixDirective(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(RECORD))
        try:
            record = json.loads(RECORD.read_text(encoding="utf-8"))
            shown = table(
                HEAD, [[[nodes.Text(cell)] for cell in cells(row)] for row in record["rows"]], WIDTHS
            )
            now = matrix_rows.inputs()
            first = verdict(record, now)
            again.remember(self.env, "matrix", "", now)
        except (OSError, ValueError, KeyError) as error:
            raise self.error(
                f"version-matrix: {RECORD.name}: {error!r}: write it with make matrix ARGS=--record"
            ) from error
        said = [nodes.list_item("", nodes.paragraph("", line)) for line in reasons(record["rows"])]
        return [
            nodes.paragraph("", "", nodes.strong("", first)),
            shown,
            *([nodes.bullet_list("", *said)] if said else []),
        ]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("version-matrix", MatrixDirective)
    again.watch(app, "matrix", lambda _: matrix_rows.inputs())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
