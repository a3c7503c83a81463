"""How does a run look? One SVG: a bar for the task as Flyte sees it, and one for each pod.

Written by hand, in 60 lines: no drawing library, no script, no font. It follows the reader's light or dark setting, and
a page that has it in its own text can colour its words.
"""

from __future__ import annotations

from typing import NamedTuple
from xml.sax.saxutils import escape

WIDTH, LEFT, ROW, TOP, RIGHT = 760, 130, 26, 64, 24  # pixels
# Bars stand out from white and from black; every rule is about this picture, wherever it is.
STYLE = """
  .timeline { color-scheme: light dark; font: 13px system-ui, sans-serif; }
  .timeline text { fill: #24292f; } .timeline .faint { fill: #57606a; font-size: 11px; }
  .timeline line { stroke: #d0d7de; }
  .timeline .wait { fill: #bf8700; } .timeline .run { fill: #0969da; }
  .timeline .good { fill: #1a7f37; } .timeline .bad { fill: #cf222e; }
  @media (prefers-color-scheme: dark) {
    .timeline text { fill: #e6edf3; } .timeline .faint { fill: #9198a1; } .timeline line { stroke: #3d444d; }
  }
"""
KINDS = {  # phases of a pod and of a task -> how they are drawn; an end is a thin mark, not a span
    "Pending": "wait",
    "QUEUED": "wait",
    "WAITING_FOR_RESOURCES": "wait",
    "INITIALIZING": "wait",
    "Running": "run",
    "RUNNING": "run",
    "Succeeded": "good",
    "SUCCEEDED": "good",
    "Failed": "bad",
    "FAILED": "bad",
    "RETRYABLE_FAILED": "bad",
}
MEANINGS = {"wait": "waiting", "run": "running", "good": "succeeded", "bad": "failed"}


class Bar(NamedTuple):
    """One row: a name, and phases with the second at which each began."""

    name: str
    phases: list[tuple[str, float]]


def svg(title: str, bars: list[Bar]) -> str:
    """Return the picture of `bars`, whose times are seconds since the same moment."""
    first = min(at for bar in bars for _, at in bar.phases)
    span = max(max(at for bar in bars for _, at in bar.phases) - first, 0.1)
    scale = (WIDTH - LEFT - RIGHT) / span
    height = TOP + ROW * len(bars) + 28
    told = "; ".join(
        f"{bar.name}: " + ", ".join(f"{p} at {at - first:.1f} s" for p, at in bar.phases) for bar in bars
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="timeline" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="timeline-title timeline-desc">',
        f'<title id="timeline-title">{escape(title)}</title>',
        f'<desc id="timeline-desc">{escape(told)}.</desc>',
        f"<style>{STYLE}</style>",
        f'<text x="12" y="22" font-weight="600">{escape(title)}</text>',
        *legend(),
        *axis(span, scale, height - 28),
    ]
    for number, bar in enumerate(bars):
        parts += row(bar, TOP + ROW * number, first, scale)
    return "\n".join([*parts, "</svg>\n"])


def legend() -> list[str]:
    parts = []
    for number, (kind, meaning) in enumerate(MEANINGS.items()):
        x = LEFT + 105 * number
        parts.append(f'<rect class="{kind}" x="{x}" y="34" width="12" height="12" rx="2"/>')
        parts.append(f'<text class="faint" x="{x + 18}" y="44">{meaning}</text>')
    return parts


def axis(span: float, scale: float, bottom: int) -> list[str]:
    """Draw a line and a number every so many seconds, at most eleven of them."""
    step = next(step for step in (0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600, 1e9) if span / step <= 10)
    parts = []
    for tick in range(int(span / step) + 1):
        x = LEFT + tick * step * scale
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 8}" y2="{bottom}"/>')
        parts.append(
            f'<text class="faint" x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{tick * step:g} s</text>'
        )
    return parts


def row(bar: Bar, y: int, first: float, scale: float) -> list[str]:
    parts = [f'<text x="12" y="{y + 14}">{escape(bar.name)}</text>']
    following = [*bar.phases[1:], ("", bar.phases[-1][1])]
    for (phase, at), (_, until) in zip(bar.phases, following, strict=True):
        kind = KINDS.get(phase)
        if kind is None:
            continue
        ended = kind in ("good", "bad")
        x, width = LEFT + (at - first) * scale, 5.0 if ended else max((until - at) * scale, 1.0)
        parts.append(
            f'<rect class="{kind}" x="{x:.1f}" y="{y + 2}" width="{width:.1f}" height="16" rx="2">'
            f"<title>{escape(bar.name)}: {phase} at {at - first:.1f} s</title></rect>"
        )
    return parts
