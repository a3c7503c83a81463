"""How far is a job, and what has it cost, over time? As SVG: two panels above one axis of seconds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from paid_service.store import Moment

WIDTH, LEFT, RIGHT = 640, 64, 16
PANEL, GAP, TOP, BOTTOM = 120, 44, 28, 40


def ticks(most: float) -> list[float]:
    """Return two to six round numbers from 0 to at most `most`."""
    size = 10 ** math.floor(math.log10(most))
    step = next(part * size for part in (0.25, 0.5, 1, 2.5) if most / (part * size) <= 5)
    return [number * step for number in range(int(most / step + 1e-9) + 1)]


def text(x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{words}</text>'


def panel(
    y: float, name: str, moments: Sequence[Moment], value: Callable[[Moment], float], unit: str, end: float
) -> str:
    """Return one panel, whose top is at `y`; `unit` is a format for the numbers at its side."""
    most = max(1e-6, *(value(moment) for moment in moments))
    began, wide = moments[0].at, WIDTH - LEFT - RIGHT

    def place(seconds: float, height: float) -> str:
        return f"{LEFT + wide * seconds / end:.1f} {y + PANEL * (1 - height / most):.1f}"

    parts = [text(LEFT, y - 10, name, kind="strong")]
    for tick in ticks(most):
        parts.append(f'<path class="grid" d="M{place(0, tick)}H{WIDTH - RIGHT}"/>')
        parts.append(text(LEFT - 8, y + PANEL * (1 - tick / most) + 4, unit.format(tick), "end", "small"))
    line = "L".join(place(moment.at - began, value(moment)) for moment in moments)
    last = place(moments[-1].at - began, 0)
    parts.append(f'<path class="area" d="M{place(0, 0)}L{line}L{last}Z"/><path class="line" d="M{line}"/>')
    return "".join(parts)


def svg(moments: Sequence[Moment], title: str) -> str:
    """Return the picture; `title` is what a screen reader says. Raises ValueError for fewer than two moments."""
    if len(moments) < 2:
        raise ValueError(f"a line needs two moments, not {len(moments)}")
    end = max(1.0, moments[-1].at - moments[0].at)
    second = TOP + PANEL + GAP
    bottom = second + PANEL
    axis = [
        text(LEFT + (WIDTH - LEFT - RIGHT) * tick / end, bottom + 18, f"{tick:g} s", "middle", "small")
        for tick in ticks(end)
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + BOTTOM}" role="img" class="plot" '
        f'aria-label="{title}">'
        f"{panel(TOP, 'Progress', moments, lambda moment: 100 * moment.progress, '{:g} %', end)}"
        f"{panel(second, 'Bill', moments, lambda moment: moment.dollars, '${:.2g}', end)}"
        f"{''.join(axis)}</svg>"
    )
