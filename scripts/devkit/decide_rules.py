"""Which kind of plugin is left, after some answers? All of the logic of docs/decide.toml, which has the questions.

docs/_static/decide.js does the same in a browser; a test holds the two against each other. Standard library only.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devkit.toolchain import ROOT

GUIDE = ROOT / "docs" / "decide.toml"
Answers = Mapping[str, str]


class DecideError(ValueError):
    """A file or an answer that cannot be used; the message says what would be right."""


@dataclass(frozen=True)
class Kind:
    """A kind of plugin. They stand in the order of preference; `cheapest` says why this one is before the next."""

    id: str
    name: str
    take: str
    cheapest: str
    page: str


@dataclass(frozen=True)
class Rule:
    """`out` is impossible when each question of `when` has one of the answers that are named there."""

    question: str
    when: Mapping[str, tuple[str, ...]]
    out: tuple[str, ...]
    because: str
    evidence: tuple[str, ...]

    def holds(self, answers: Answers) -> bool:
        return all(answers.get(name) in wanted for name, wanted in self.when.items())

    def may_hold(self, answers: Answers) -> bool:
        """Return whether it holds, or would with the right answers to what is not answered yet."""
        return all(answers.get(name, wanted[0]) in wanted for name, wanted in self.when.items())


@dataclass(frozen=True)
class Question:
    """`answers` maps the word that one types to what it means. A `fact` cannot be given up."""

    id: str
    ask: str
    why: str
    fact: bool
    evidence: tuple[str, ...]
    answers: Mapping[str, str]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Outcome:
    """What some answers lead to.

    `remaining` are the kinds that no answer rules out; the first is the verdict, and there is none when it is empty.
    `against` has the rules that hold against each kind. `open` are questions that can still rule out the verdict: it
    is final when there are none. `ways` out of a contradiction: (kind, questions whose answers one would give up).
    """

    remaining: tuple[str, ...]
    against: Mapping[str, tuple[Rule, ...]]
    open: tuple[str, ...]
    ways: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Guide:
    """The kinds and the questions of one file."""

    kinds: tuple[Kind, ...]
    questions: tuple[Question, ...]

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(rule for question in self.questions for rule in question.rules)

    def kind(self, name: str) -> Kind:
        return next(kind for kind in self.kinds if kind.id == name)

    def question(self, name: str) -> Question:
        """Return a question; raises DecideError with the names that there are."""
        for question in self.questions:
            if question.id == name:
                return question
        raise DecideError(f"no question {name!r}: there are {', '.join(each.id for each in self.questions)}")

    def check(self, answers: Answers) -> None:
        """Raise DecideError for a question or an answer that the guide does not have."""
        for name, answer in answers.items():
            known = self.question(name).answers
            if answer not in known:
                raise DecideError(f"question {name!r} has no answer {answer!r}: want {' or '.join(known)}")

    def outcome(self, answers: Answers) -> Outcome:
        """Return what the answers lead to; raises DecideError for those that the guide does not have."""
        self.check(answers)
        held = [rule for rule in self.rules if rule.holds(answers)]
        against = {kind.id: tuple(rule for rule in held if kind.id in rule.out) for kind in self.kinds}
        remaining = tuple(kind for kind, rules in against.items() if not rules)
        possible = [rule for rule in self.rules if remaining[:1] and remaining[0] in rule.out]
        asked = {name for rule in possible if rule.may_hold(answers) for name in rule.when} - answers.keys()
        still_open = tuple(question.id for question in self.questions if question.id in asked)
        return Outcome(remaining, against, still_open, () if remaining else self.ways(against))

    def ways(self, against: Mapping[str, tuple[Rule, ...]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return the kinds that only wishes rule out, those that cost the fewest wishes first."""
        facts = {question.id for question in self.questions if question.fact}
        found = []
        for kind, rules in against.items():
            wishes = [next((name for name in rule.when if name not in facts), None) for rule in rules]
            if None not in wishes:
                found.append((kind, tuple(dict.fromkeys(wishes))))
        return tuple(sorted(found, key=lambda way: len(way[1])))


def load(path: Path = GUIDE) -> Guide:
    """Return the guide in a file; raises DecideError, with the place, for one that makes no sense."""
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        kinds = tuple(Kind(**entry) for entry in said["kind"])
        questions = tuple(read_question(entry) for entry in said["question"])
    except (KeyError, TypeError) as error:
        raise DecideError(f"{path.name}: {error}") from error
    guide = Guide(kinds, questions)
    for place, wrong in mistakes(guide):
        raise DecideError(f"{path.name}: {place}: {wrong}")
    return guide


def read_question(said: dict[str, Any]) -> Question:
    rules = tuple(read_rule(said["id"], entry) for entry in said["rule"])
    evidence = tuple(said["evidence"])
    fact = said.get("fact", False)
    return Question(said["id"], said["ask"], said["why"], fact, evidence, said["answers"], rules)


def read_rule(question: str, said: dict[str, Any]) -> Rule:
    when = {name: tuple(answers) for name, answers in said["when"].items()}
    return Rule(question, when, tuple(said["out"]), said["because"], tuple(said["evidence"]))


def mistakes(guide: Guide) -> list[tuple[str, str]]:
    """Return (place, what is wrong) for names that nothing has, and for what says no reason or shows no evidence."""
    found = []
    kinds = {kind.id for kind in guide.kinds}
    for question in guide.questions:
        if not question.rules or not question.evidence:
            found.append(
                (f"question {question.id!r}", "it needs a rule and evidence, or nobody would ask it")
            )
    for rule in guide.rules:
        place = f"a rule of {rule.question!r}"
        if rule.question not in rule.when:
            found.append((place, f"'when' does not name {rule.question!r}, the question that it belongs to"))
        found += [(place, f"'out' names {name!r}: want {', '.join(kinds)}") for name in set(rule.out) - kinds]
        if not rule.because or not rule.evidence or not rule.out:
            found.append((place, "it needs out, because and evidence"))
        for name, answers in rule.when.items():
            try:
                for answer in answers:
                    guide.check({name: answer})
            except DecideError as error:
                found.append((place, str(error)))
    return found
