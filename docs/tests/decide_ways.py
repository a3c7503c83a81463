"""Which answers do the tests of docs/decide.toml try? All ways through it, all to a few questions, random ones."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

from devkit import decide_rules

GUIDE = decide_rules.load()


def walks() -> Iterator[dict[str, str]]:
    """Yield the answers of every way through the questions: each is asked while it can change the verdict."""
    left: list[dict[str, str]] = [{}]
    while left:
        answers = left.pop()
        asked = GUIDE.outcome(answers).open
        if not asked:
            yield answers
        else:
            left += [answers | {asked[0]: answer} for answer in GUIDE.question(asked[0]).answers]


WALKS = list(walks())


def all_answers(names: set[str]) -> Iterator[dict[str, str]]:
    """Yield every combination of answers to some questions."""
    questions = [question for question in GUIDE.questions if question.id in names]
    for chosen in itertools.product(*(question.answers for question in questions)):
        yield dict(zip((question.id for question in questions), chosen, strict=True))


def some_answers(seed: int, share: float) -> dict[str, str]:
    """Return random answers to about a share of the questions."""
    chance = random.Random(seed)
    asked = [question for question in GUIDE.questions if chance.random() < share]
    return {question.id: chance.choice(list(question.answers)) for question in asked}
