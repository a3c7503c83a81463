"""How does a number become a picture? As small SVG; docs/_static/plots.css gives it the page's colours."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

WIDTH, LEFT, RIGHT = 720, 190, 90  # of a plot, for the names of bars, for their values
ROW, BAR = 34, 20
HEAD = 34  # above every plot, for its title
HEIGHT, TOP, BOTTOM, SIDE = 300, 14, 44, 56  # of a plot with curves

Curves = Mapping[str, Sequence[float]]


class Bar(NamedTuple):
    """One bar: its name, its length, and what is written at its end. The first kind stands out."""

    name: str
    value: float
    text: str
    kind: str = "first"


def svg(name: str, title: str, height: float, body: str) -> str:
    """Return the frame of a plot; everybody reads its title, which has the unit, and a screen reader says it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height + HEAD:g}" role="img" class="plot" '
        f'aria-labelledby="{name}-title"><title id="{name}-title">{escape(title)}</title>'
        f'{text(4, 16, title, kind="strong")}<g transform="translate(0 {HEAD})">{body}</g></svg>'
    )


def text(x: float, y: float, content: str, where: str = "start", kind: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{where}" class="{kind}">{escape(content)}</text>'


def bars(name: str, title: str, rows: Sequence[Bar], logarithmic: bool = False) -> str:
    """Return horizontal bars. A logarithmic scale begins a factor below the smallest value, since it has no zero.

    Raises ValueError without rows, or when a value is not positive.
    """
    if not rows or min(row.value for row in rows) <= 0:
        raise ValueError(f"plot {name}: bars need values above 0, not {[row.value for row in rows]}")
    most, least = max(row.value for row in rows), min(row.value for row in rows) / 2

    def length(value: float) -> float:
        share = math.log(value / least) / math.log(most / least) if logarithmic else value / most
        return share * (WIDTH - LEFT - RIGHT)

    parts = []
    for number, row in enumerate(rows):
        y = number * ROW + (ROW - BAR) / 2
        long = length(row.value)
        parts.append(text(LEFT - 10, y + 15, row.name, "end"))
        parts.append(
            f'<rect class="{row.kind}" x="{LEFT}" y="{y:g}" width="{long:.1f}" height="{BAR}" rx="3"/>'
        )
        parts.append(text(LEFT + long + 8, y + 15, row.text, kind="strong"))
    return svg(name, title, len(rows) * ROW, "".join(parts))


def steps(most: float) -> list[float]:
    """Return three to six round numbers from 0 to about `most`."""
    size = 10 ** math.floor(math.log10(most))
    step = next(size * part for part in (0.2, 0.5, 1, 2) if most / (size * part) <= 6)
    return [number * step for number in range(int(most / step) + 1)]


def curves(name: str, title: str, found: Curves, across: str, unit: str) -> str:
    """Return one line for each series: values for equal shares from 0 to 100 %, against `across`."""
    most = max(max(values) for values in found.values()) * 1.05
    wide, high = WIDTH - SIDE - 20, HEIGHT - TOP - BOTTOM
    parts = []
    for value in steps(most):
        y = TOP + high * (1 - value / most)
        parts.append(f'<path class="grid" d="M{SIDE} {y:.1f}H{SIDE + wide}"/>')
        parts.append(text(SIDE - 8, y + 4, f"{value:g}", "end", "small"))
    for share in (0, 25, 50, 75, 100):
        x = SIDE + wide * share / 100
        parts.append(text(x, HEIGHT - BOTTOM + 18, f"{share} %", "middle", "small"))
    parts.append(text(SIDE + wide / 2, HEIGHT - 6, across, "middle", "small"))
    parts.append(text(4, TOP, unit, kind="small"))
    for number, (series, values) in enumerate(found.items()):
        places = [
            f"{SIDE + wide * place / (len(values) - 1):.1f} {TOP + high * (1 - value / most):.1f}"
            for place, value in enumerate(values)
        ]
        kind = ("first", "second", "third")[number]
        parts.append(f'<path class="line {kind}" d="M{"L".join(places)}"/>')
        y = TOP + 18 + 20 * number
        parts.append(f'<path class="line {kind}" d="M{SIDE + 14} {y - 4}h26"/>{text(SIDE + 48, y, series)}')
    return svg(name, title, HEIGHT, "".join(parts))
