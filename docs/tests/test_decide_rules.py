"""Does every way through docs/decide.toml end, in a verdict or in a named contradiction, and is no question idle?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from decide_ways import GUIDE, WALKS, all_answers, some_answers

from devkit import decide_rules
from devkit.decide_rules import Answers, DecideError, Rule

ROOT = Path(__file__).resolve().parents[2]
BROKEN = """
[[kind]]
id = "a"
name = "A"
take = "take it"
cheapest = "it is"
page = "x.md"
[[question]]
id = "q"
ask = "Which?"
why = "Because."
evidence = ["x.md"]
answers.yes = "yes"
[[question.rule]]
when = { q = ["yes"] }
out = ["a"]
because = "No."
evidence = ["x.md"]
"""


def test_every_way_ends_in_a_verdict_or_in_a_contradiction_that_says_what_to_give_up():
    assert len(WALKS) > 100
    for answers in WALKS:
        outcome = GUIDE.outcome(answers)
        assert bool(outcome.remaining) is not bool(outcome.ways), answers


def test_every_kind_is_the_verdict_of_some_way_and_so_is_none():
    ends = {outcome.remaining[0] if outcome.remaining else None for outcome in map(GUIDE.outcome, WALKS)}
    assert ends == {kind.id for kind in GUIDE.kinds} | {None}


def test_every_question_is_asked_on_some_way():
    assert {name for answers in WALKS for name in answers} == {question.id for question in GUIDE.questions}


def test_who_answers_only_what_is_asked_gets_the_verdict_of_who_answers_everything():
    for everything in (some_answers(seed, 1) for seed in range(300)):
        answers: dict[str, str] = {}
        while asked := GUIDE.outcome(answers).open:
            answers[asked[0]] = everything[asked[0]]
        assert GUIDE.outcome(answers).remaining[:1] == GUIDE.outcome(everything).remaining[:1], everything


def verdict_without(rule: Rule | None, kind: str, answers: Answers) -> bool:
    """Return whether a kind is possible, when one of the rules is not there."""
    return not any(kind in each.out and each.holds(answers) for each in GUIDE.rules if each is not rule)


@pytest.mark.parametrize("rule", GUIDE.rules, ids=lambda rule: f"{rule.question}-{'-'.join(rule.out)}")
def test_no_rule_is_idle_there_are_answers_with_which_it_alone_rules_out_each_of_its_kinds(rule: Rule):
    for kind in rule.out:
        names = {name for each in GUIDE.rules if kind in each.out for name in each.when}
        assert any(
            verdict_without(rule, kind, answers) and not verdict_without(None, kind, answers)
            for answers in all_answers(names)
        ), f"{rule.question} never decides about {kind}: some other rule always does"


def test_no_answer_is_idle_each_leads_elsewhere_than_another_one_to_its_question():
    for question in GUIDE.questions:
        said = {
            answer: [rule for rule in GUIDE.rules if answer in rule.when.get(question.id, ())]
            for answer in question.answers
        }
        assert len({tuple(map(id, rules)) for rules in said.values()}) == len(said), question.id


def test_who_gives_up_what_a_contradiction_names_has_the_kind_that_it_names():
    contradictions = [answers for answers in WALKS if not GUIDE.outcome(answers).remaining]
    assert len(contradictions) > 100
    for answers in contradictions:
        for kind, wishes in GUIDE.outcome(answers).ways:
            kept = {name: answer for name, answer in answers.items() if name not in wishes}
            others = all_answers(set(wishes))
            assert any(kind in GUIDE.outcome(kept | other).remaining for other in others), (
                answers,
                kind,
                wishes,
            )


def test_facts_alone_never_contradict_each_other():
    for answers in all_answers({question.id for question in GUIDE.questions if question.fact}):
        assert GUIDE.outcome(answers).remaining, answers


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({"exists": "yes"}, "own"),
        ({"exists": "no", "work": "pod"}, "sdk"),
        ({"exists": "no", "work": "service", "abort": "yes"}, "python"),
        ({"exists": "no", "work": "operator", "abort": "yes", "languages": "go"}, "go"),
        ({"exists": "no", "work": "operator", "abort": "yes", "languages": "go", "map": "yes"}, "inprocess"),
        ({"exists": "no", "work": "operator", "abort": "yes", "languages": "python"}, "python"),
    ],
)
def test_what_the_page_says_of_the_four_kinds_is_what_comes_out(answers: dict[str, str], kind: str):
    assert GUIDE.outcome(answers).remaining[0] == kind


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"speed": "high"}, "no question 'speed': there are exists, work, "),
        ({"abort": "maybe"}, "question 'abort' has no answer 'maybe': want no or yes"),
    ],
)
def test_answers_that_nobody_knows_are_refused_with_those_that_are_right(answers: dict[str, str], says: str):
    with pytest.raises(DecideError, match=re.escape(says)):
        GUIDE.outcome(answers)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('out = ["a"]', 'out = ["b"]', "a rule of 'q': 'out' names 'b': want a"),
        ('{ q = ["yes"] }', '{ q = ["no"] }', "a rule of 'q': question 'q' has no answer 'no': want yes"),
        ('{ q = ["yes"] }', '{ p = ["yes"] }', "a rule of 'q': 'when' does not name 'q'"),
        ('because = "No."', 'because = ""', "a rule of 'q': it needs out, because and evidence"),
        ('take = "take it"', "", "missing 1 required positional argument: 'take'"),
        ('ask = "Which?"', "", "'ask'"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_with_the_place(old: str, new: str, says: str, tmp_path: Path):
    assert old in BROKEN
    (tmp_path / "x.toml").write_text(BROKEN.replace(old, new))
    with pytest.raises(DecideError, match=re.escape(says)):
        decide_rules.load(tmp_path / "x.toml")


def evidence() -> set[str]:
    shown = {place for question in GUIDE.questions for place in question.evidence}
    return (
        shown
        | {place for rule in GUIDE.rules for place in rule.evidence}
        | {kind.page for kind in GUIDE.kinds}
    )


@pytest.mark.parametrize("place", sorted(evidence()))
def test_every_page_of_evidence_exists(place: str):
    """That the place on the page exists too is checked by make docs, which knows the ids of all headings."""
    page = place.partition("#")[0]
    stem = page.removesuffix(".rst")
    sources = [*ROOT.glob(f"go/plugins/*/{Path(stem).name}.go"), *ROOT.glob(f"examples/{Path(stem).name}.py")]
    assert (ROOT / "docs" / page).exists() if page.endswith(".md") else sources
