"""Which promises does connector-sanity look at, what came of it, and who tests the checks?

``{sanity-checks}`` is a table of the kit's own registry, ``{sanity-results}`` one of records/conformance.json, from
``make sanity ARGS=--record``, and ``{sanity-mutants}`` one of docs/mutants.toml. Nothing in them is typed.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import again
from docutils import nodes
from measured import table
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from devkit import freshness, sanity_mutants
from devkit.sanity_record import INPUTS

RECORD = Path(__file__).resolve().parents[1] / "records" / "conformance.json"
LEVELS = {"W": "wire", "K": "cluster", "F": "faults", "S": "files"}
COUNTS = ("passed", "failed", "expected_failures", "not_applicable", "not_tried")
COMMAND = re.compile(r"(make \w+ ARGS=--[a-z-]+|--[a-z][a-z-]*)")
Row = list[list[nodes.Node]]


def text(value: object) -> list[nodes.Node]:
    """Return a text, its options as code: in a sentence, two hyphens would become a dash, which no shell takes."""
    pieces = COMMAND.split(str(value))
    return [
        nodes.literal("", piece) if at % 2 else nodes.Text(piece) for at, piece in enumerate(pieces) if piece
    ]


def wide(shown: nodes.table) -> nodes.table:
    """Mark a table that is wider than a phone: its first column stays in sight, and a keyboard can move the others."""
    shown["classes"] += ["keeps-first"]
    return shown


class ChecksDirective(SphinxDirective):
    """All checks: what is done to a connector, what has to come of it, and from where that follows."""

    def run(self) -> list[nodes.Node]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pytest does not know the marks of checks here
            from connector_sanity.catalogue import checks, every

            for path in Path(checks.__path__[0]).glob("*.py"):
                self.env.note_dependency(str(path))
            found = every()
        rows: list[Row] = []
        for check in found:
            about = [nodes.strong("", check.id), nodes.Text(f" {check.severity}, {LEVELS[check.level.name]}")]
            rows.append([about, text(check.title), text(check.expects), text(check.source)])
        shown = table(["Check", "What is done", "What has to come of it", "Why"], rows, (10, 30, 30, 30))
        return [wide(shown)]


class ResultsDirective(SphinxDirective):
    """What each connector came to, what is known to fail, and the numbers; or that nobody has recorded it yet."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(RECORD))
        if not RECORD.exists():
            return [
                nodes.paragraph(
                    "", "", *text("Nobody has recorded results yet: make sanity ARGS=--record does.")
                )
            ]
        try:
            record = json.loads(RECORD.read_text(encoding="utf-8"))
            now = freshness.fingerprint(INPUTS)
            again.remember(self.env, "conformance", "", now)
            head = ["Connector", "Passed", "Failed", "Known", "Not applicable", "Not tried: slow"]
            rows = [result(target) for target in record["targets"].values()]
            said = [nodes.paragraph("", "", nodes.strong("", verdict(record, now)))]
            numbers = [nodes.paragraph("", "", *text(line)) for line in sentences(record)]
            counts = wide(table(head, rows, (40, 12, 12, 12, 12, 12)))
            return [*said, counts, *numbers, *known(record["targets"])]
        except (OSError, ValueError, KeyError) as error:
            raise self.error(
                f"sanity-results: {RECORD.name}: {error!r}: write it with make sanity ARGS=--record"
            ) from error


def sentences(record: Mapping[str, Any]) -> list[str]:
    """Return what the record says beside the table."""
    goals, again_and_again = record["goals"], ", ".join(LEVELS[letter] for letter in record["about"]["again"])
    return [
        f"Our connector in Go was looked at {record['runs']} times in a row ({again_and_again}): "
        f"{record['false_alarms_in_20']} false alarms.",
        f"There were {record['fault_points']} fault points; {record['invariant_breaks']} of them broke a promise.",
        f"Wire and cluster took {record['seconds_wire_and_kubernetes']:.0f} s, where "
        f"{goals['seconds_wire_and_kubernetes']} is the goal, everything {record['seconds_all']:.0f} s, where it is "
        f"{goals['seconds_all']}; on {record['about']['machine']}.",
        f"{record['mutants_killed']} of {record['mutants']} mutants were seen.",
    ]


def result(target: Mapping[str, Any]) -> Row:
    return [text(target["title"]), *(text(target.get(name, 0)) for name in COUNTS)]


def known(targets: Mapping[str, Any]) -> list[nodes.Node]:
    """Return a list of what is known to fail, with the reasons."""
    items = [
        nodes.list_item(
            "", nodes.paragraph("", "", nodes.strong("", check), *text(f", {target['title']}: {why}"))
        )
        for target in targets.values()
        for check, why in target["known"].items()
    ]
    if not items:
        return [nodes.paragraph("", "Nothing is known to fail.")]
    return [nodes.paragraph("", "What is known to fail, and why:"), nodes.bullet_list("", *items)]


def verdict(record: Mapping[str, Any], now: str) -> str:
    """Return whether the record is of the files as they are."""
    same = record["about"]["inputs"] == now
    return f"{'This is of this very code' if same else 'The code has changed since'}, of {record['about']['date']}."


class MutantsDirective(SphinxDirective):
    """The mistakes that a connector is given, and the check that has to see each."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(sanity_mutants.FILE))
        rows: list[Row] = [
            [text(mutant.id), text(mutant.wrong), text(mutant.killed_by)] for mutant in sanity_mutants.read()
        ]
        return [table(["Mutant", "Its mistake", "Seen by"], rows, (25, 65, 10))]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("sanity-checks", ChecksDirective)
    app.add_directive("sanity-results", ResultsDirective)
    app.add_directive("sanity-mutants", MutantsDirective)
    again.watch(app, "conformance", lambda _: freshness.fingerprint(INPUTS))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
