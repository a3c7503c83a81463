"""How do descriptions of one message compare, and what does changing them do? Tables of records/alternatives.json.

``make alternatives ARGS=--record`` writes it. ``{spec-table} NAME`` shows a table of TABLES, ``{spec-words} VALUE``
what every reader says to one value. No cell is typed: each comes from a run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docutils import nodes
from measured import table
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

RECORD = Path(__file__).resolve().parents[1] / "records" / "alternatives.json"
Result = dict[str, Any]
Table = tuple[list[str], list[list[str]], tuple[int, ...]]  # head, rows, widths
READERS = {
    "protobuf-python": "Protobuf, Python, without the rules",
    "protobuf-python-rules": "Protobuf, Python",
    "protobuf-go": "Protobuf, Go: the connector",
    "jsonschema-python": "JSON Schema, Python: jsonschema",
    "jsonschema-go": "JSON Schema, Go: santhosh-tekuri/jsonschema",
    "jsonschema-js": "JSON Schema, JavaScript: Ajv",
    "jsonschema-python-types": "types from JSON Schema, Python: pydantic",
    "jsonschema-python-types-strict": "the same, pydantic's strict mode",
    "jsonschema-go-types": "types from JSON Schema, Go: go-jsonschema",
    "jsonschema-ts-types": "types from JSON Schema, TypeScript: the compiler",
    "openapi-python": "OpenAPI, Python: openapi-schema-validator",
    "openapi-python-types": "types from OpenAPI, Python: pydantic",
    "openapi-go-types": "types from OpenAPI, Go: oapi-codegen",
    "openapi-ts-types": "types from OpenAPI, TypeScript: the compiler",
}
LANGUAGES = {"spec": "the description", "python": "Python", "go": "Go", "typescript": "TypeScript"}
SPECS = {"protobuf": "Protobuf, with rules", "jsonschema": "JSON Schema 2020-12", "openapi": "OpenAPI 3.1"}
WRONG = ("unknown key", "wrong type", "out of range", "enum", "two fields")
TASTE = ("4.0", "quoted number", "enum number", "null", "zero", "other spelling")


def share(record: Result, reader: str, kind: str) -> str:
    """Return how many values of a kind a reader refused, in a word where it was all or none of them."""
    said = [record["verdicts"][reader][name] for name, one in record["values"].items() if one == kind]
    if not said:
        raise KeyError(kind)
    refused = sum(map(bool, said))
    return (
        "refused" if refused == len(said) else f"{refused} of {len(said)} refused" if refused else "accepted"
    )


def readers(record: Result, kinds: tuple[str, ...]) -> Table:
    if unknown := record["verdicts"].keys() ^ READERS.keys():
        raise KeyError(", ".join(sorted(unknown)))
    rows = [[what, *(share(record, name, kind) for kind in kinds)] for name, what in READERS.items()]
    return ["Reader", *kinds], rows, (30, *(70 // len(kinds) for _ in kinds))


def fixtures(record: Result) -> Table:
    """The fixtures of the protos: how many right values each reader takes, and how many wrong ones it refuses."""
    rows = []
    for name, what in READERS.items():
        cells = [what]
        for kind, wanted in (("accepted", False), ("refused", True)):
            said = [record["verdicts"][name][value] for value, one in record["values"].items() if one == kind]
            cells.append(f"{sum(bool(words) == wanted for words in said)} of {len(said)}")
        rows.append(cells)
    return ["Reader", "right values accepted", "wrong values refused"], rows, (50, 25, 25)


def sizes(record: Result) -> Table:
    rows = [
        [SPECS[name], *(str(found[language]) for language in LANGUAGES)]
        for name, found in record["sizes"].items()
    ]
    return ["Lines of", *LANGUAGES.values()], rows, (40, 15, 15, 15, 15)


def short(words: str) -> str:
    return words if words == "as before" else "refused"


def breaks(found: list[str] | None, silent: str = "silent") -> str:
    return "–" if found is None else ", ".join(found) or silent


def evolution(record: Result) -> Table:
    rows = [
        [
            one["name"],
            *("warns" if one["buf"][category] else "silent" for category in ("FILE", "WIRE_JSON", "WIRE")),
            short(one["old_task"]),
            short(one["new_task"]),
        ]
        for one in record["changes"]
    ]
    head = ["Change", "buf, FILE", "WIRE_JSON", "WIRE", "old task, new connector", "new SDK, old connector"]
    return head, rows, (30, 10, 12, 10, 19, 19)


def why(record: Result) -> Table:
    """What is said where something is refused, and which of buf's rules noticed."""
    rows = [
        [one["name"], breaks(one["buf"]["FILE"]), one["old_task"], one["new_task"]]
        for one in record["changes"]
        if {one["old_task"], one["new_task"]} != {"as before"}
    ]
    head = ["Change", "rules of FILE", "old task, new connector", "new SDK, old connector"]
    return head, rows, (20, 20, 30, 30)


def compared(record: Result) -> Table:
    rows = []
    for one in record["changes"]:
        schema = one["schema"]
        value = f"{short(schema['old_task'])} / {short(schema['new_task'])}" if schema else "cannot be said"
        protobuf = f"{short(one['old_task'])} / {short(one['new_task'])}"
        warns = "warns" if one["buf"]["FILE"] else "silent"
        rows.append([one["name"], protobuf, warns, value, breaks(one["oasdiff"])])
    head = [
        "Change",
        "Protobuf: old / new value",
        "buf, FILE",
        "schema: old / new value",
        "oasdiff, on OpenAPI",
    ]
    return head, rows, (25, 20, 10, 20, 25)


def versions(record: Result) -> Table:
    return ["Program or library", "version"], [list(one) for one in record["versions"].items()], (60, 40)


TABLES: dict[str, Callable[[Result], Table]] = {
    "sizes": sizes,
    "fixtures": fixtures,
    "wrong": lambda record: readers(record, WRONG),
    "taste": lambda record: readers(record, TASTE),
    "evolution": evolution,
    "why": why,
    "compared": compared,
    "versions": versions,
}


def words(record: Result, value: str) -> Table:
    """Return what every reader says to one value."""
    rows = [[what, record["verdicts"][name][value] or "accepted"] for name, what in READERS.items()]
    return ["Reader", "says"], rows, (35, 65)


class TableDirective(SphinxDirective):
    required_arguments = 1
    final_argument_whitespace = True
    on_a_phone = ("keeps-first",)  # while the table is moved; "stack" makes a box of each row

    def made(self, record: Result) -> Table:
        return TABLES[self.arguments[0]](record)

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(RECORD))
        try:
            head, rows, widths = self.made(json.loads(RECORD.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError) as error:
            again = "write it with make alternatives ARGS=--record"
            raise self.error(f"{self.name} {self.arguments[0]}: {RECORD.name}: {error!r}: {again}") from error
        cells = [[[nodes.Text(row[0])], *([self.cell(cell)] for cell in row[1:])] for row in rows]
        result = table(head, cells, widths)
        result["classes"] += ["stack", "breaks"] if self.arguments[0] == "why" else self.on_a_phone
        return [result]

    def cell(self, text: str) -> nodes.Node:
        """Return what stands in a cell: words of a program as they are, and what does harm in bold."""
        if re.search(r"[\"':=]|\bmust\b", text):
            return nodes.literal("", text)
        harmless = {"wrong": {"refused"}, "evolution": {"warns", "silent", "as before"}}.get(
            self.arguments[0], {text}
        )
        return nodes.Text(text) if text in harmless else nodes.strong("", text)


class WordsDirective(TableDirective):
    on_a_phone = ("stack", "says")

    def made(self, record: Result) -> Table:
        return words(record, self.arguments[0])

    def cell(self, text: str) -> nodes.Node:
        return nodes.Text(text) if text == "accepted" else nodes.literal("", text)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("spec-table", TableDirective)
    app.add_directive("spec-words", WordsDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
