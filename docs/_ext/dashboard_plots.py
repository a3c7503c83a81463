"""How does a panel of the dashboard look here? Its lines as a small SVG, its legend as text below.

A line that stays at 0 is drawn and named, without a colour of its own: most of what can go wrong did not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from plots import steps, text

WIDE, HIGH, LEFT, RIGHT, TOP, BOTTOM = 252, 132, 50, 8, 16, 20
SPARK = 30  # the height of the line below the number of a stat
NAMED = 6  # lines that stay at 0 and have a name; of more, only the number is said
COLOURS = 6  # in dashboard.css; after so many, lines are dashed
SCALES = {  # unit of Grafana -> factors and what is written after a number, the first that makes it at least 1
    "short": ((1, ""),),
    "percentunit": ((100, " %"),),
    "reqps": ((1, " req/s"),),
    "s": ((1, " s"), (1e3, " ms"), (1e6, " µs")),
    "bytes": ((2**-30, " GiB"), (2**-20, " MiB"), (2**-10, " KiB"), (1, " B")),
}
Line = Sequence[float | None]
Lines = Mapping[str, Line]


def numbers(line: Line) -> list[float]:
    return [value for value in line if value is not None]


def scale(unit: str, most: float) -> tuple[float, str]:
    """Return by what to multiply, and what to write after it; raises KeyError for a unit that no panel had so far."""
    return next((each for each in SCALES[unit] if most * each[0] >= 1), SCALES[unit][-1 if most else 0])


def shown(value: float, unit: str) -> str:
    """Return a number with its unit, with three digits that count."""
    factor, after = scale(unit, value)
    return f"{value * factor:.3g}{after}"


def kind(place: int) -> str:
    """Return the classes of the line at this place of the legend."""
    return f"line c{place % COLOURS}{' dashed' if place >= COLOURS else ''}"


def path(line: Line, most: float, wide: float, high: float) -> str:
    """Return where a line goes; what is missing is a gap, and a point between two gaps a dot."""
    parts, pen = [], "M"
    for place, value in enumerate(line):
        if value is None:
            pen = "M"
            continue
        x, y = wide * place / (len(line) - 1), high * (1 - value / most)
        parts.append(f"{pen}{x:.1f} {y:.1f}" + ("h0" if pen == "M" else ""))
        pen = "L"
    return "".join(parts)


def grid(unit: str, most: float, seconds: int) -> str:
    """Return the lines behind the curves, with their numbers."""
    factor, after = scale(unit, most)
    wide, high = WIDE - LEFT - RIGHT, HIGH - TOP - BOTTOM
    parts = []
    for value in steps(most * factor):
        y = TOP + high * (1 - value / factor / most)
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}h{wide}"/>')
        parts.append(text(LEFT - 5, y + 3.5, f"{value:g}{after}", "end"))
    for at in range(0, seconds + 1, 60):
        parts.append(text(LEFT + wide * at / seconds, HIGH - 5, f"{at} s", "middle"))
    return "".join(parts)


def marks(moments: Sequence[int], seconds: int) -> str:
    """Return a number and a thin line for each thing that happened."""
    wide, parts = WIDE - LEFT - RIGHT, []
    for number, at in enumerate(moments, 1):
        x = LEFT + wide * at / seconds
        parts.append(f'<path class="mark" d="M{x:.1f} {TOP}V{HIGH - BOTTOM}"/>')
        parts.append(text(x, TOP - 5, str(number), "middle"))
    return "".join(parts)


def said(title: str, unit: str, lines: Lines) -> str:
    """Return a panel in a sentence, for whoever does not see it."""
    spans = []
    for name, line in moving(lines).items():
        found = numbers(line)
        spans.append(f"{name} {shown(min(found), unit)} to {shown(max(found), unit)}")
    return f"{title}: {'; '.join([*spans, *still(lines)]) or 'no data'}"


def frame(high: int, title: str, body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {high}" role="img">'
        f"<title>{escape(title)}</title>{body}</svg>"
    )


def curves(title: str, unit: str, lines: Lines, moments: Sequence[int], seconds: int) -> str:
    """Return the curves of a panel: those that move above those that stay at 0."""
    most = max((value for line in lines.values() for value in numbers(line)), default=0) * 1.05 or 1
    wide, high = WIDE - LEFT - RIGHT, HIGH - TOP - BOTTOM
    flat = {path(line, most, wide, high) for line in lines.values() if not any(numbers(line))} - {""}
    parts = [f'<path class="line flat" d="{each}"/>' for each in sorted(flat)]
    for place, line in enumerate(moving(lines).values()):
        parts.append(f'<path class="{kind(place)}" d="{path(line, most, wide, high)}"/>')
    body = grid(unit, most, seconds) + marks(moments, seconds)
    return frame(
        HIGH, said(title, unit, lines), f'{body}<g transform="translate({LEFT} {TOP})">{"".join(parts)}</g>'
    )


def spark(title: str, unit: str, lines: Lines) -> str:
    """Return the line below the number of a stat."""
    most = max((value for line in lines.values() for value in numbers(line)), default=0) * 1.05 or 1
    parts = [
        f'<path class="{kind(place)}" d="{path(line, most, WIDE, SPARK - 2)}"/>'
        for place, line in enumerate(lines.values())
    ]
    return frame(SPARK, said(title, unit, lines), "".join(parts))


def moving(lines: Lines) -> dict[str, Line]:
    """Return the lines that are not 0 at some point."""
    return {name: line for name, line in lines.items() if any(numbers(line))}


def still(lines: Lines) -> list[str]:
    """Return what to say about the lines that stay at 0, and about those that have no value."""
    found = []
    for what, names in (
        ("at 0", [name for name, line in lines.items() if numbers(line) and not any(numbers(line))]),
        ("no value", [name for name, line in lines.items() if not numbers(line)]),
    ):
        if len(names) > NAMED:
            found.append(f"{what}: {len(names)} lines more")
        elif names:
            found.append(f"{what}: {', '.join(names)}")
    return found


def legend(lines: Lines, unit: str) -> str:
    """Return a name for each line, with its largest value; those that stay at 0 together, and those without a value."""
    rows = []
    for place, (name, line) in enumerate(moving(lines).items()):
        key = f'<svg viewBox="0 0 16 4" aria-hidden="true"><path class="{kind(place)}" d="M0 2h16"/></svg>'
        rows.append(f"<li>{key} {escape(name)} <b>{escape(shown(max(numbers(line)), unit))}</b></li>")
    rows += [f'<li class="flat">{escape(each)}</li>' for each in still(lines)]
    return f"<ul>{''.join(rows)}</ul>"
