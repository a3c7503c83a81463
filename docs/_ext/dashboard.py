"""What does the dashboard show? ``{dashboard} picture`` draws docs/records/dashboard.json, of `make dashboard`.

Rows, titles and units are those of kustomize's dashboard.json; the answers to its queries are recorded. A panel whose
query is another one now says so, and one without an answer says that there is no data. ``story`` says what happened
while it was recorded, and ``note`` when that was.
"""

from __future__ import annotations

import itertools
import json
from html import escape
from pathlib import Path
from typing import Any

import again
import dashboard_plots as plots
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from devkit import dashboard as recorder
from devkit import dashboard_board as board

RECORD = Path(__file__).resolve().parents[1] / "records" / "dashboard.json"
OTHER = "not recorded: the panel had another query then"
Record = dict[str, Any]


def read(path: Path = RECORD) -> Record:
    found: Record = json.loads(path.read_text(encoding="utf-8"))
    return found


def lines(panel: board.Panel, record: Record) -> plots.Lines | None:
    """Return what was recorded for a panel, None when that was for other queries."""
    for each in record["panels"]:
        if each["title"] == panel.title and each["queries"] == [query.expr for query in panel.queries]:
            return each["lines"]
    return None


def body(panel: board.Panel, record: Record) -> str:
    """Return what is in a panel, below its title."""
    found = lines(panel, record)
    if found is None or not recorder.answered({"lines": found}):
        return f'<p class="none">{"no data" if found is not None else OTHER}</p>'
    if panel.kind == "stat":
        last = [plots.numbers(line)[-1] for line in found.values() if plots.numbers(line)]
        big = ", ".join(plots.shown(value, panel.unit) for value in last)
        return f'<p class="big">{escape(big)}</p>{plots.spark(panel.title, panel.unit, found)}'
    moments = [second for second, _ in record["story"]]
    seconds = record["about"]["seconds"]
    return plots.curves(panel.title, panel.unit, found, moments, seconds) + plots.legend(found, panel.unit)


def picture(panels: list[board.Panel], record: Record) -> str:
    """Return all panels, row by row."""
    parts = []
    for row, group in itertools.groupby(panels, key=lambda panel: panel.row):
        shown = "".join(
            f'<figure class="w{panel.wide}"><figcaption title="{escape(panel.about)}">{escape(panel.title)}'
            f"</figcaption>{body(panel, record)}</figure>"
            for panel in group
        )
        parts.append(f'<p class="row">{escape(row)}</p><div class="panels">{shown}</div>')
    return f'<div class="dashboard">{"".join(parts)}</div>'


def note(record: Record, panels: list[board.Panel], now: str) -> str:
    """Return when it was recorded, with what, and whether that is still so."""
    about, values = record["about"], record["variables"]
    made = (
        f"Recorded on {about['date']} with make dashboard: {about['seconds']} seconds, a scrape every "
        f"{about['scrape']} s, a point every {about['step']} s, so that Grafana's $__rate_interval is "
        f"{values['__rate_interval']}. Prometheus {about['prometheus']}, Kubernetes {about['kubernetes']}."
    )
    other = [panel.title for panel in panels if lines(panel, record) is None]
    changed = f" These panels have another query since: {', '.join(other)}." if other else ""
    stale = "" if about["inputs"] == now else " Files that it depends on have changed since."
    return made + changed + stale


def story(record: Record) -> nodes.enumerated_list:
    """Return what happened, with the numbers that the picture has."""
    items = [
        nodes.list_item("", nodes.paragraph("", f"Second {second}. {words}"))
        for second, words in record["story"]
    ]
    return nodes.enumerated_list("", *items, enumtype="arabic", prefix="", suffix=".")


class DashboardDirective(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        for path in (RECORD, board.BOARD):
            self.env.note_dependency(str(path))
        self.env.metadata[self.env.docname]["dashboard"] = True
        wanted = self.arguments[0]
        try:
            record, panels = read(), board.panels(board.read())
            if wanted == "picture":
                return [nodes.raw("", picture(panels, record), format="html")]
            if wanted == "story":
                return [story(record)]
            if wanted == "note":
                now = recorder.fingerprint()
                again.remember(self.env, "dashboard", "", now)
                said = note(record, panels, now)
                return [nodes.paragraph(said, said, classes=["command-note"])]
        except (OSError, KeyError, ValueError) as error:
            raise self.error(
                f"dashboard {wanted}: {error}: write it with make dashboard ARGS=--record"
            ) from error
        raise self.error(f"dashboard {wanted!r}: want picture, story or note")


def load_style(app: Sphinx, page: str, *_: object) -> None:
    if app.env.metadata.get(page, {}).get("dashboard"):
        app.add_css_file("dashboard.css")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("dashboard", DashboardDirective)
    app.connect("html-page-context", load_style)
    again.watch(app, "dashboard", lambda _: recorder.fingerprint())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
