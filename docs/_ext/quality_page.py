"""How good is this book, in numbers? ``{quality} GROUP`` shows docs/quality.toml, ``{readers}`` docs/readers.toml.

The numbers are those of docs/records/quality.json, which `make quality ARGS=--record` collects from the results of the
sessions. Each says whether it is of the code that the site is built from. What is missing is said, and is never zero.
"""

from __future__ import annotations

import json
import tomllib

from docutils import nodes
from measured import table
from pages import ROOT
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from devkit import freshness, quality, quality_sources

HEAD = ["What", "Result", "Goal", "Of"]
READERS = ["Had", "Built", "Minutes", "Dead ends found", "Fixed"]


def record() -> dict:
    """Return what was recorded; without a record, every number is missing."""
    path = ROOT / freshness.SUMMARY
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {"results": {}, "records": {}} | found


def written(value: float | bool | None) -> str:
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def of(row: quality.Row, about: dict) -> str:
    """Return when a number was found, and with which code."""
    if row.source in ("records", "readers"):
        return quality.FRESH
    source = next(source for source in quality_sources.SOURCES if source.name == row.source)
    if row.source not in about["results"]:
        return f"no result yet: {source.session}"
    state = quality.state(source, about)
    return state if state == quality.FRESH else f"{state} ({about['results'][row.source]['date'][:10]})"


class QualityDirective(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        self.env.metadata[self.env.docname]["quality"] = True
        groups, about = quality.rows(), record()
        if self.arguments[0] not in groups:
            raise self.error(f"quality: no group {self.arguments[0]!r}: want one of {', '.join(groups)}")
        found = quality.numbers(about)
        cells = [self.row(row, found, about) for row in groups[self.arguments[0]]]
        shown = table(HEAD, cells, (50, 14, 16, 20))
        shown["classes"] += ["stack", "quality"]
        return [shown]

    def row(self, row: quality.Row, found: dict, about: dict) -> list[list[nodes.Node]]:
        value: nodes.Node = nodes.Text(written(found.get(row.name)))
        if row.met(found) is False:
            value = nodes.strong("", f"{value} (missed)")
        goal = (
            f"all {written(found.get(row.like)).replace('missing', '')}".strip() if row.like else row.goal()
        )
        goal = "yes" if row.name.endswith("_ok") else goal.replace("at most 0", "none")
        return [self.parse_inline(row.what)[0], [value], [nodes.Text(goal)], [nodes.Text(of(row, about))]]


class StaleDirective(SphinxDirective):
    """The records that were not compared with a run of this very code."""

    def run(self) -> list[nodes.Node]:
        self.env.metadata[self.env.docname]["quality"] = True
        fresh = freshness.fresh(quality.RECORDS, record()["records"])
        stale = [name for name, good in fresh.items() if not good]
        if not stale:
            return [nodes.paragraph("", "None at present.")]
        parts = [part for name in stale for part in (nodes.Text(", "), nodes.literal("", f"{name}.txt"))][1:]
        return [nodes.paragraph("", "", *parts, nodes.Text("."))]


class ReadersDirective(SphinxDirective):
    """The readers, one row each; then what they have left to say."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(quality.READERS))
        told = tomllib.loads(quality.READERS.read_text(encoding="utf-8"))["reader"]
        cells = [
            [
                self.parse_inline(f"{one['when']}: {one['had']}")[0],
                self.parse_inline(one["built"] + (f"; {one['ended']}" if "ended" in one else ""))[0],
                *([nodes.Text(written(one[name]))] for name in ("minutes", "found", "fixed")),
            ]
            for one in told
        ]
        shown = table(READERS, cells, (30, 34, 12, 12, 12))
        shown["classes"] += ["stack", "readers"]
        left = [
            nodes.list_item(
                "", nodes.paragraph("", "", *self.parse_inline(f"{one['built']}: {one['left']}")[0])
            )
            for one in told
            if "left" in one
        ]
        heading = nodes.paragraph("", "What is not fixed, and why:")
        return [shown, *([heading, nodes.bullet_list("", *left)] if left else [])]


def pages_with_results(app: Sphinx, env: BuildEnvironment, *_: object) -> list[str]:
    """Have them read in every build: code has changed, and a result of it is old, without any change of the page."""
    freshness.look_again()
    return [page for page, about in env.metadata.items() if about.get("quality")]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("quality", QualityDirective)
    app.add_directive("stale-records", StaleDirective)
    app.add_directive("readers", ReadersDirective)
    app.connect("env-get-outdated", pages_with_results)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
