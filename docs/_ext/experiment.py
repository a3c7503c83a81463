"""What went on after an abort? Plots and a table of docs/records/abort_experiment.json, from `make experiment`.

``{experiment} lines`` draws dollars and live workers of the three kinds of task, ``bars`` what each row cost after its
end, ``table`` says it in words, ``note`` when it was recorded. A record with other rows than NAMES does not build.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any, NamedTuple

import again
import plots
from docutils import nodes
from measured import table
from plots import Bar, text
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from devkit.experiment_meter import seconds

RECORD = Path(__file__).resolve().parents[1] / "records" / "abort_experiment.json"
Result = dict[str, Any]
PANEL, GAP, LEFT, RIGHT, TOP, BOTTOM = 170, 62, 60, 20, 22, 44


class Name(NamedTuple):
    """How a row is called in a plot, how its work was started, and how its end came."""

    short: str
    started: str
    end: str


NAMES = {
    "pod": Name("a pod that polls", "by a pod that polls", "the pod is deleted"),
    "python": Name("Python connector", "through the Python connector", "DeleteTask"),
    "job": Name("Go connector", "as a Job, through the Go connector", "DeleteTask"),
    "handler": Name("handler, SIGTERM", "by a pod with a handler", "the pod is deleted"),
    "handler-killed": Name("handler, SIGKILL", "by a pod with a handler", "its processes get SIGKILL"),
    "handler-cut": Name(
        "handler, network cut", "by a pod with a handler", "the pod is deleted while its network is cut"
    ),
    "lease-killed": Name("lease, SIGKILL", "by a pod that renews a lease", "its processes get SIGKILL"),
    "lease-cut": Name(
        "lease, network cut", "by a pod that renews a lease", "nobody aborts; its network is cut"
    ),
    "python-away": Name(
        "connector away",
        "through the Python connector",
        "DeleteTask, 12 times, while the connector is stopped",
    ),
}
KINDS = {"pod": "first", "python": "second", "job": "third"}  # of a line


def read(path: Path = RECORD) -> Result:
    """Return the record; raises ValueError when it is about other rows than the page."""
    found = json.loads(path.read_text(encoding="utf-8"))
    if found["rows"].keys() != NAMES.keys():
        raise ValueError(f"{path.name} has the rows {', '.join(found['rows'])}; want {', '.join(NAMES)}")
    return found


def panel(y: float, name: str, found: Result, series: dict[str, list[tuple[float, float]]], unit: str) -> str:
    """Return one panel of the plot, whose top is at `y`; lines of the same value lie beside each other."""
    before, after = found["about"]["before"], found["about"]["after"]
    most = max(value for line in series.values() for _, value in line) * 1.08
    wide = plots.WIDTH - LEFT - RIGHT

    def x(at: float) -> float:
        return LEFT + wide * (at + before) / (after + before)

    parts = [text(LEFT, y - 10, name, kind="strong")]
    whole = all(value == int(value) for line in series.values() for _, value in line)
    for value in range(int(most) + 1) if whole else plots.steps(most):
        height = y + PANEL * (1 - value / most)
        parts.append(f'<path class="grid" d="M{LEFT} {height:.1f}H{LEFT + wide}"/>')
        parts.append(text(LEFT - 8, height + 4, unit.format(value), "end", "small"))
    parts.append(f'<path class="abort" d="M{x(0):.1f} {y}V{y + PANEL}"/>')
    for number, (row, line) in enumerate(series.items()):
        places = (f"{x(at):.1f} {y + PANEL * (1 - value / most) - 2.5 * number:.1f}" for at, value in line)
        parts.append(f'<path class="line {KINDS[row]}" d="M{"L".join(places)}"/>')
    return "".join(parts)


def lines(found: Result) -> str:
    """Return the plot with the three kinds of task: dollars above, live workers below, one axis of seconds."""
    about = found["about"]
    before, after, price = about["before"], about["after"], about["price"]
    steps, dollars = {}, {}
    for row in KINDS:
        line = [(at, live) for at, live in found["rows"][row]["line"]]
        steps[row] = [
            corner
            for (at, live), (until, _) in itertools.pairwise(line)
            for corner in ((at, live), (until, live))
        ]
        dollars[row] = [(at, price * seconds(line, -before, at)) for at, _ in line]
    second = TOP + PANEL + GAP
    bottom = second + PANEL
    wide = plots.WIDTH - LEFT - RIGHT
    axis = [
        text(LEFT + wide * (at + before) / (after + before), bottom + 20, f"{at} s", "middle", "small")
        for at in range(-before, after + 1, 4)
    ]
    legend, left = [], LEFT + wide * before / (after + before) + 14
    for number, row in enumerate(KINDS):
        y = TOP + 16 + 22 * number
        legend.append(f'<path class="line {KINDS[row]}" d="M{left} {y - 5}h30"/>')
        legend.append(text(left + 38, y, f"{NAMES[row].short}: ${dollars[row][-1][1]:.2f}"))
    body = (
        panel(TOP, "Dollars", found, dollars, "${:.2g}")
        + panel(second, "Live workers", found, steps, "{:g}")
        + "".join(axis + legend)
        + text(LEFT + wide / 2, bottom + 40, "seconds since the abort", "middle", "small")
    )
    title = f"Dollars and live workers, from {before} s before the abort to {after} s after it"
    return plots.svg("abort", title, bottom + BOTTOM, body)


def bars(found: Result) -> str:
    """Return what each row cost after its end; what went on stands out."""
    rows = []
    for name, row in found["rows"].items():
        goes_on = row["stopped_after"] is None
        said = f"${row['dollars_after']:.2f}" + (" +" if goes_on else "")
        rows.append(
            Bar(NAMES[name].short, row["dollars_after"] or 1e-3, said, "first" if goes_on else "second")
        )
    title = f"Dollars in the {found['about']['after']} s after the end (+: and it goes on)"
    return plots.bars("after", title, rows)


def words(row: Result) -> str:
    if row["stopped_after"] is None:
        return "goes on"
    return f"ended after {row['stopped_after']:.1f} s"


def note(found: Result, now: str) -> str:
    """Return when the record was made, and whether that was with the files as they are now."""
    about = found["about"]
    made = f"Recorded on {about['date']} with `make experiment`: {about['machine']}, Python {about['python']}"
    stale = "" if about["inputs"] == now else " Files that it depends on have changed since."
    return f"{made}, flytekit {about['flytekit']}.{stale}".replace("`", "")


class ExperimentDirective(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(RECORD))
        try:
            found, wanted = read(), self.arguments[0]
            if wanted in ("lines", "bars"):
                picture = {"lines": lines, "bars": bars}[wanted](found)
                return [nodes.raw("", f'<div class="figure-box" tabindex="0">{picture}</div>', format="html")]
            if wanted == "table":
                return [outcome(found)]
            if wanted == "note":
                now = inputs("")
                again.remember(self.env, "experiment", "", now)
                said = note(found, now)
                return [nodes.paragraph(said, said, classes=["command-note"])]
        except (OSError, KeyError, ValueError) as error:
            raise self.error(f"experiment {self.arguments[0]!r}: {error}") from error
        raise self.error(f"experiment {wanted!r}: want lines, bars, table or note")


def outcome(found: Result) -> nodes.table:
    """Return the table of all rows."""
    rows = []
    for name, row in found["rows"].items():
        kind = nodes.strong if row["stopped_after"] is None else nodes.inline
        ended = kind("", words(row))
        cells = [nodes.Text(NAMES[name].started), nodes.Text(NAMES[name].end), ended]
        rows.append([[cell] for cell in (*cells, nodes.Text(f"${row['dollars_after']:.2f}"))])
    after = f"in the next {found['about']['after']} s"
    return table(["The work was started", "its end", "the workers", after], rows, widths=(30, 34, 20, 16))


def inputs(_: str) -> str:
    """Return what the outcome depends on as it is now."""
    from devkit import experiment_record  # here, since it imports flytekit, for seconds

    return experiment_record.inputs()


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("experiment", ExperimentDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
