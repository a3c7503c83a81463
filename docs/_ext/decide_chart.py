"""How does docs/decide.toml look as a flow chart? Each kind of plugin is a lane, and each question may stop some.

One reads from the top to the bottom. A box in a lane names the answer that stops it there. What reaches the end is
possible, and the leftmost is the verdict.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from html import escape

from devkit.decide_rules import Guide, Question, Rule

LEFT, LANE, HEAD, FOOT = (
    250,
    106,
    58,
    64,
)  # width of the questions, of a lane; height above and below the lanes
LINE, GAP = 15, 16  # height of a line of text, room between two rows
BOX = 96  # width of a box in a lane
COLUMNS = 37  # characters of a question in a line


def text(x: float, y: float, content: str, kind: str = "", where: str = "middle") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{where}" class="{kind}">{escape(content)}</text>'


def middle(lane: int) -> float:
    return LEFT + LANE * (lane + 0.5)


def label(rule: Rule) -> list[tuple[str, str]]:
    """Return the lines of a box, each with its class: the answers, and what else has to be so."""
    found = [(line, "strong") for line in textwrap.wrap(" or ".join(rule.when[rule.question]), 12)]
    for name, wanted in rule.when.items():
        if name != rule.question:
            found += [(line, "small") for line in textwrap.wrap(f"{name}: {' or '.join(wanted)}", 17)]
    return found


def boxes(guide: Guide, question: Question) -> dict[int, list[tuple[str, str]]]:
    """Return lane -> the lines of its box, for the lanes that a question can stop."""
    found: dict[int, list[tuple[str, str]]] = {}
    for lane, kind in enumerate(guide.kinds):
        for rule in question.rules:
            if kind.id in rule.out:
                found.setdefault(lane, []).extend(label(rule))
    return found


def row(guide: Guide, number: int, y: float) -> tuple[float, str]:
    """Return the height of a question's row, and its picture."""
    question = guide.questions[number]
    asked = textwrap.wrap(f"{number + 1}. {question.ask.replace('`', '')}", COLUMNS)
    stops = boxes(guide, question)
    high = LINE * max(len(asked), *(len(lines) for lines in stops.values())) + GAP
    parts = [f'<path class="grid" d="M0 {y:g}H{LEFT + LANE * len(guide.kinds)}"/>']
    parts += [
        text(0, y + GAP / 2 + LINE * (place + 0.8), line, where="start") for place, line in enumerate(asked)
    ]
    for lane, lines in stops.items():
        top = y + GAP / 2 - 3
        parts.append(
            f'<rect x="{middle(lane) - BOX / 2:g}" y="{top:g}" width="{BOX}" height="{LINE * len(lines) + 6}" rx="4"/>'
        )
        for place, (line, kind) in enumerate(lines):
            parts.append(text(middle(lane), top + 3 + LINE * (place + 0.8), line, kind))
    return high, "".join(parts)


def lanes(guide: Guide, bottom: float) -> Iterator[str]:
    """Yield the name, the line and the end of each lane; they are drawn below the boxes."""
    for lane, kind in enumerate(guide.kinds):
        x = middle(lane)
        for place, line in enumerate(textwrap.wrap(kind.name, 14)):
            yield text(x, 16 + LINE * place, line, "strong")
        yield f'<path class="lane" d="M{x:g} {HEAD - 18}V{bottom + 14:g}"/>'
        yield f'<path class="tip" d="M{x - 6:g} {bottom + 12:g}h12l-6 9z"/>'
        yield text(x, bottom + 38, f"choice {lane + 1}", "strong")


def said(guide: Guide) -> Iterator[str]:
    """Yield the chart in words, a sentence for each box."""
    for number, question in enumerate(guide.questions, 1):
        for rule in question.rules:
            names = ", ".join(guide.kind(kind).name for kind in rule.out)
            conditions = " and ".join(
                f"{name} is {' or '.join(wanted)}" for name, wanted in rule.when.items()
            )
            yield f"{number}. {question.ask.replace('`', '')} If {conditions}, it stops: {names}."
    yield "At the end, take the first kind that was not stopped. If all were, no kind fits."


def svg(guide: Guide) -> str:
    y, rows = float(HEAD), []
    for number in range(len(guide.questions)):
        high, picture = row(guide, number, y)
        rows.append(picture)
        y += high
    wide, high = LEFT + LANE * len(guide.kinds), y + FOOT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high:g}" role="img" class="decide-chart" '
        'aria-labelledby="decide-chart-title" aria-describedby="decide-chart-words">'
        '<title id="decide-chart-title">Five kinds of plugin, and the answers that stop each of them</title>'
        f'<desc id="decide-chart-words">{escape(" ".join(said(guide)))}</desc>'
        f"{''.join(lanes(guide, y))}{''.join(rows)}"
        f"{text(0, y + 38, 'At the end: the first lane that is open', where='start')}"
        f"{text(0, y + 38 + LINE, 'If none is open, no kind fits', 'small', 'start')}</svg>"
    )
