"""Which state of a Job is which phase? ``{phase-machine}`` draws the cases of go/plugins/job/phase_test.go.

So the picture has what is tested, and nothing else: the names of the cases, below the phase that the test expects.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from html import escape

from docutils import nodes
from pages import ROOT
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

SOURCE = ROOT / "go" / "plugins" / "job" / "phase_test.go"
TABLE = re.compile(r"func TestGetTaskPhase\b.*?\n}\n", re.DOTALL)
CASE = re.compile(r'^\t\t"([^"]+)":\s+\{.*?\bphase: plugin\.(\w+)', re.MULTILINE)
ON_THE_WAY = ("Queued", "WaitingForResources", "Initializing", "Running")
ENDS = {"Succeeded": "good", "RetryableFailed": "bad", "Failed": "bad"}
WIDTH, BOX, GAP, LINE, HEAD = 760, 300, 26, 17, 28


def cases(text: str) -> dict[str, list[str]]:
    """Return phase -> the cases that a test expects it for; raises ValueError when a phase has none, or is unknown."""
    table = TABLE.search(text)
    found: dict[str, list[str]] = {phase: [] for phase in (*ON_THE_WAY, *ENDS)}
    for name, phase in CASE.findall(table[0] if table else ""):
        if phase not in found:
            raise ValueError(f"{SOURCE.name}: the case {name!r} expects a phase that is not drawn: {phase}")
        found[phase].append(name)
    if missing := [phase for phase, names in found.items() if not names]:
        raise ValueError(f"{SOURCE.name}: no case expects {', '.join(missing)}")
    return found


def column(
    x: int, phases: tuple[str, ...], found: Mapping[str, list[str]]
) -> tuple[list[str], dict[str, tuple]]:
    """Return a column of boxes, and phase -> (top, bottom) of its box."""
    parts, places, y = [], {}, 12
    for phase in phases:
        high = HEAD + LINE * len(found[phase]) + 6
        kind = ENDS.get(phase, "on" if phase == "Running" else "")
        parts.append(f'<rect class="{kind}" x="{x}" y="{y}" width="{BOX}" height="{high}" rx="6"/>')
        parts.append(f'<text class="strong" x="{x + 12}" y="{y + 20}">{phase}</text>')
        for number, name in enumerate(found[phase]):
            at = y + HEAD + LINE * number + 9
            parts.append(f'<text class="small" x="{x + 12}" y="{at}">{escape(name)}</text>')
        places[phase] = (y, y + high)
        y += high + GAP
    return parts, places


def arrow(path: str) -> str:
    return f'<path d="{path}" marker-end="url(#machine-head)"/>'


def svg(found: Mapping[str, list[str]]) -> str:
    right = WIDTH - BOX - 2
    left_parts, left = column(2, ON_THE_WAY, found)
    right_parts, ends = column(right, tuple(ENDS), found)
    parts = [*left_parts, *right_parts]
    for one, other in itertools.pairwise(ON_THE_WAY):
        parts.append(arrow(f"M152 {left[one][1]}V{left[other][0] - 3}"))
    # An end may follow upon each of those on the left: a bar stands for all of them.
    start = (left["Queued"][0] + left["Running"][1]) / 2
    parts.append(f'<path d="M{BOX + 14} {left["Queued"][0]}V{left["Running"][1]}"/>')
    for phase in ENDS:
        middle = sum(ends[phase]) / 2
        parts.append(
            arrow(
                f"M{BOX + 14} {start:g}C{right - 60} {start:g} {BOX + 82} {middle:g} {right - 4} {middle:g}"
            )
        )
    high = max(left["Running"][1], ends["Failed"][1]) + 12
    told = "; ".join(f"{phase}: {', '.join(names)}" for phase, names in found.items())
    head = '<marker id="machine-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
    head += 'orient="auto">'
    head += '<path d="M1 1l6 3-6 3"/></marker>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high}" role="img" class="machine" '
        f'aria-labelledby="machine-title machine-desc"><title id="machine-title">The phases of the job plugin</title>'
        f'<desc id="machine-desc">{escape(told)}.</desc><defs>{head}</defs>{"".join(parts)}</svg>'
    )


class MachineDirective(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(SOURCE))
        try:
            picture = svg(cases(SOURCE.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise self.error(f"phase-machine: {error}") from error
        return [nodes.raw("", f'<div class="figure-box" tabindex="0">{picture}</div>', format="html")]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("phase-machine", MachineDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
