"""What was measured? Numbers and plots of docs/records/bench.json, which `make bench ARGS=--record` writes.

The role ``measured`` shows a number by its name, or "about.date" and its like; "imports:NAME" is one of another record,
docs/records/imports.json. ``{goals}`` is the table of those that have a goal, ``{plot} NAME`` a picture. No number is
typed: a page that names one that is not in the record does not build.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import plots
from docutils import nodes
from plots import Bar
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

RECORDS = Path(__file__).resolve().parents[1] / "records"
RECORD = RECORDS / "bench.json"
Result = dict[str, Any]

# How a number is written, by a part of its name; the first part that fits counts.
FORMS = (
    ("calls_per_poll", lambda value: f"{value:g}"),
    ("left_after", lambda value: f"{value:g}"),
    ("_mb_", lambda value: f"{value:.0f} MB"),
    ("dollars", lambda value: f"${value:.2f}"),
    ("stopped_after", lambda value: f"{value:.1f} s"),
    ("seconds", lambda value: f"{value:.1f} s"),
    ("per_second", lambda value: f"{value:,.0f}"),
    ("_ms_", lambda value: f"{value:.1f} ms"),
    ("cpu_us", lambda value: f"{value:.0f} µs"),
    ("percent", lambda value: f"{value:.1f} %"),
    ("", lambda value: f"{value:.2f}" if value < 10 else f"{value:.0f}"),
)


def read(path: Path = RECORD) -> Result:
    return json.loads(path.read_text(encoding="utf-8"))


def find(text: str) -> tuple[Path, str]:
    """Return the record that a role's text names, if not bench.json, and the name of the number in it."""
    record, _, name = text.rpartition(":")
    return (RECORDS / f"{record}.json" if record else RECORD), name


def show(result: Result, name: str) -> str:
    """Return a number or a fact as a page shows it; raises KeyError when the record has none of that name."""
    found: Any = result
    for part in name.split("."):
        found = found[part]
    if isinstance(found, str | int):
        return str(found)
    if isinstance(found, list):
        return ", ".join(value if isinstance(value, str) else f"{value:g}" for value in found)
    return next(form for part, form in FORMS if part in name)(found)


def create(result: Result) -> str:
    names = {
        "connector": "through the connector",
        "bare": "the API call alone",
        "unwatched": "alone, and nobody watches",
    }
    found = {names[side]: values[:-1] for side, values in result["rounds"]["create_ms_by_share"].items()}
    title = "Milliseconds of a create, through the connector and without it (linear scales)"
    return plots.curves("create", title, found, "share of the creates that took no longer", "ms")


def polls(result: Result) -> str:
    names = {"empty": "an empty call", "get": "a poll", "python": "a poll, Python connector"}
    rows = [
        Bar(
            text,
            result[f"{name}_per_second"],
            show(result, f"{name}_per_second"),
            "first" if name == "get" else "second",
        )
        for name, text in names.items()
    ]
    return plots.bars("polls", "Calls answered in a second (logarithmic scale)", rows, logarithmic=True)


def memory(result: Result) -> str:
    names = {
        "1k": "1,000 live tasks",
        "10k": "10,000 live tasks",
        "python_connector": "Python connector, no cache",
    }
    rows = [
        Bar(
            text,
            result[f"rss_mb_{name}"],
            show(result, f"rss_mb_{name}"),
            "second" if "python" in name else "first",
        )
        for name, text in names.items()
    ]
    return plots.bars("memory", "Memory of the connector's process in megabytes (linear scale)", rows)


PLOTS = {"create": create, "polls": polls, "memory": memory}


class MeasuredRole(SphinxRole):
    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        path, name = find(self.text)
        self.env.note_dependency(str(path))
        try:
            return [nodes.Text(show(read(path), name))], []
        except (OSError, KeyError, TypeError) as error:
            message = self.inliner.reporter.error(f"{path.name} has no {name!r}: {error}", line=self.lineno)
            return [], [message]


class PlotDirective(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(RECORD))
        try:
            picture = PLOTS[self.arguments[0]](read())
        except (OSError, KeyError, ValueError) as error:
            raise self.error(f"plot {self.arguments[0]!r}: {error}") from error
        return [nodes.raw("", f'<div class="figure-box" tabindex="0">{picture}</div>', format="html")]


class GoalsDirective(SphinxDirective):
    """The content has a line "name: what it is" for each number with a goal, and for no other."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(RECORD))
        result = read()
        wanted = dict(line.split(": ", 1) for line in self.content)
        if wanted.keys() != result["goals"].keys():
            raise self.error(f"goals: want a line for each of {', '.join(result['goals'])}")
        rows = []
        for name, what in wanted.items():
            goal = result["goals"][name]
            value = show(result, name) + ("" if goal["met"] else " (missed)")
            rows.append([self.parse_inline(what)[0], [nodes.Text(value)], [nodes.Text(goal["goal"])]])
        missed = sum(not goal["met"] for goal in result["goals"].values())
        count = f"Of {len(rows)} goals, {missed or 'none'} {'was' if missed <= 1 else 'were'} missed."
        return [nodes.paragraph("", "", nodes.strong("", count)), table(["What", "measured", "goal"], rows)]


def table(
    head: list[str], rows: list[list[list[nodes.Node]]], widths: tuple[int, ...] = (60, 20, 20)
) -> nodes.table:
    """Return a table whose cells are inline nodes."""
    group = nodes.tgroup("", *(nodes.colspec(colwidth=width) for width in widths), cols=len(head))

    def row(cells: list[list[nodes.Node]]) -> nodes.row:
        return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))

    group += nodes.thead("", row([[nodes.Text(cell)] for cell in head]))
    group += nodes.tbody("", *map(row, rows))
    return nodes.table("", group)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_role("measured", MeasuredRole())
    app.add_directive("plot", PlotDirective)
    app.add_directive("goals", GoalsDirective)
    app.add_css_file("plots.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
