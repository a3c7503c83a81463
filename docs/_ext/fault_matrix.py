"""What was measured when something broke? ``{fault-matrix}`` shows the rows of devkit's faults.toml and their record.

``make faults ARGS="--slow --record"`` writes docs/records/faults.json. A row that is run and not in the record does not
build; tests that a row names have to exist.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import again
from docutils import nodes
from measured import table
from proofs import breakable, here, resolve
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from devkit import faults

RECORD = Path(__file__).resolve().parents[1] / "records" / "faults.json"
HEAD = ["What breaks", "How, here", "What was measured", "What the user of Flyte sees"]
WIDTHS = (22, 18, 35, 25)
Record = dict[str, Any]


def read(path: Path = RECORD) -> Record:
    """Return the record; raises ValueError when it is about other rows than faults.toml, or one of them failed."""
    found: Record = json.loads(path.read_text(encoding="utf-8"))
    wanted = {str(row.number) for row in faults.read() if row.run}
    if set(found["rows"]) != wanted or found["failed"]:
        raise ValueError(
            f"{path.name} has the rows {', '.join(found['rows'])}, {found['failed']} of them failed"
        )
    return found


def verdict(record: Record, now: str) -> str:
    """Return how many rows were run, and whether that is true of the files with this fingerprint."""
    same = (
        "These rows were run with this code"
        if record["about"]["inputs"] == now
        else "The code has changed since these rows were run"
    )
    return f"{same}, on {record['about']['date']}: {record['run']} of {len(faults.read())}."


def cells(row: faults.Row, record: Record) -> list[list[nodes.Node]]:
    """Return a row of the table."""
    seen = record["rows"].get(str(row.number), {}).get("measured", "")
    found: list[nodes.Node] = [nodes.Text(seen or (f"nothing: {row.not_here}" if row.not_here else ""))]
    if row.tests:
        found.append(nodes.Text(" Tests: " if seen else "by tests: "))
        for test in row.tests:
            resolve(test, here())
            found += [breakable(test), nodes.Text(" ")]
    how = row.how or "–"
    return [[nodes.Text(f"{row.number}. {row.fault}")], [nodes.Text(how)], found, [nodes.Text(row.user)]]


class FaultMatrixDirective(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        for path in (RECORD, faults.ROWS):
            self.env.note_dependency(str(path))
        try:
            record, now = read(), faults.fingerprint()
            shown = table(HEAD, [cells(row, record) for row in faults.read()], WIDTHS)
        except (OSError, ValueError, KeyError, LookupError) as error:
            raise self.error(
                f"fault-matrix: {error}: write it with make faults ARGS='--slow --record'"
            ) from error
        again.remember(self.env, "faults", "", now)
        named = self.env.metadata[self.env.docname].setdefault("tests", [])
        for test in (test for row in faults.read() for test in row.tests):
            named.append(resolve(test, here()))
            again.remember(self.env, "test", test, named[-1])
        shown["classes"] += ["stack"]
        return [nodes.paragraph("", "", nodes.strong("", verdict(record, now))), shown]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("fault-matrix", FaultMatrixDirective)
    again.watch(app, "faults", lambda _: faults.fingerprint())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
