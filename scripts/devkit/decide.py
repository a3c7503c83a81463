"""Which kind of plugin do you need? `make decide` asks; `make decide ARGS="work=operator abort=yes"` answers at once.

The questions are those of docs/decide.md, and so are the reasons: docs/decide.toml has them. Standard library only.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Callable, Iterator

from devkit.decide_rules import Answers, DecideError, Guide, Question, Rule, load

WIDTH = 110
UNKNOWN = "-"  # what one types for "I do not know"


def parse(guide: Guide, words: list[str]) -> dict[str, str]:
    """Return the answers in words like "abort=yes"; raises DecideError for a word that is none."""
    answers: dict[str, str] = {}
    for word in words:
        name, equals, answer = word.partition("=")
        if not equals:
            first = guide.questions[0]
            raise DecideError(
                f"{word!r}: want QUESTION=ANSWER, such as {first.id}={next(iter(first.answers))}"
            )
        if answers.setdefault(name, answer) != answer:
            raise DecideError(
                f"question {name!r} is answered twice, {answers[name]!r} and {answer!r}: want one"
            )
    guide.check(answers)
    return answers


def lines(text: str, indent: int) -> Iterator[str]:
    """Yield a paragraph in lines; a link is never broken."""
    space = " " * indent
    wrap = {"break_long_words": False, "break_on_hyphens": False}
    yield from textwrap.wrap(text, WIDTH, initial_indent=space, subsequent_indent=space, **wrap)


def link(evidence: str) -> str:
    return f"docs/{evidence}"


def reason(rule: Rule, answers: Answers) -> Iterator[str]:
    said = ", ".join(f"{name}={answers[name]}" for name in rule.when)
    yield from lines(f"{said}: {rule.because}", 4)
    for evidence in rule.evidence:
        yield f"      {link(evidence)}"


def choices(question: Question) -> Iterator[str]:
    width = max(map(len, question.answers)) + len(question.id) + 1
    for answer, meaning in question.answers.items():
        yield f"    {f'{question.id}={answer}':{width}}  {meaning}"


def catalogue(guide: Guide) -> Iterator[str]:
    """Yield all questions with their answers."""
    for question in guide.questions:
        yield from lines(question.ask, 0)
        yield from lines(question.why, 2)
        yield from choices(question)
    yield ""
    yield 'Answer some of them: make decide ARGS="work=operator abort=yes". On a terminal, make decide asks you.'


def verdict(guide: Guide, answers: Answers) -> Iterator[str]:
    """Yield what the answers lead to: the verdict or the contradiction, the reasons, and the address of the same."""
    outcome = guide.outcome(answers)
    if outcome.remaining:
        first, *others = (guide.kind(name) for name in outcome.remaining)
        yield f"Take: {first.name}" + (", as far as the answers go" if outcome.open else "")
        yield from lines(first.take, 2)
        yield f"  {link(first.page)}"
        if others:
            names = ", ".join(kind.name for kind in others)
            yield from lines(f"Possible too: {names}. {first.name} is cheaper: {first.cheapest}.", 2)
    else:
        yield "No kind fits: the answers contradict each other"
        for kind, wishes in outcome.ways:
            given = ", ".join(f"{name}={answers[name]}" for name in wishes)
            yield from lines(f"{guide.kind(kind).name} is possible if you give up {given}.", 2)
    yield from ruled_out(guide, answers)
    yield from unsettled(guide, outcome.open)
    yield ""
    yield f"The same on the site: decide.html#{'&'.join(f'{name}={answer}' for name, answer in answers.items())}"


def ruled_out(guide: Guide, answers: Answers) -> Iterator[str]:
    against = guide.outcome(answers).against
    if any(against.values()):
        yield ""
        yield "Ruled out"
    for name, rules in against.items():
        if rules:
            yield f"  {guide.kind(name).name}"
        for rule in rules:
            yield from reason(rule, answers)


def unsettled(guide: Guide, names: tuple[str, ...]) -> Iterator[str]:
    if names:
        yield ""
        yield "Not final: the answers to these can still change it"
    for name in names:
        yield from lines(guide.question(name).ask, 2)
        yield from choices(guide.question(name))


def ask(guide: Guide, read: Callable[[str], str] = input) -> dict[str, str]:
    """Ask on the terminal until the verdict is final, or until the input ends; return the answers."""
    answers: dict[str, str] = {}
    skipped: set[str] = set()
    while left := [name for name in guide.outcome(answers).open if name not in skipped]:
        question = guide.question(left[0])
        print("", *lines(question.ask, 0), *lines(question.why, 2), sep="\n")
        for number, meaning in enumerate(question.answers.values(), 1):
            print(f"  {number}  {meaning}")
        answer = choose(question, read)
        if answer == UNKNOWN:
            skipped.add(question.id)
        else:
            before = guide.outcome(answers).remaining
            answers[question.id] = answer
            for line in news(guide, before, answers):
                print(line)
    print()
    return answers


def news(guide: Guide, before: tuple[str, ...], answers: Answers) -> Iterator[str]:
    """Yield which of the kinds that were possible before are ruled out now, and why."""
    against = guide.outcome(answers).against
    for because in dict.fromkeys(rule.because for name in before for rule in against[name]):
        out = [
            guide.kind(name).name for name in before if because in {each.because for each in against[name]}
        ]
        yield from lines(f"Out: {', '.join(out)}. {because}", 2)


def choose(question: Question, read: Callable[[str], str]) -> str:
    """Return an answer to one question, or UNKNOWN."""
    known = list(question.answers)
    while True:
        typed = (
            read(f'1 to {len(known)}, {UNKNOWN} for "I do not know", ? for what shows it: ').strip().lower()
        )
        if typed == "?":
            print(*(f"  {link(evidence)}" for evidence in question.evidence), sep="\n")
        elif typed == UNKNOWN or typed in known:
            return typed
        elif typed.isdigit() and 0 < int(typed) <= len(known):
            return known[int(typed) - 1]
        else:
            print(f"  {typed!r} is no answer: want 1 to {len(known)}, {' or '.join(known)}, {UNKNOWN} or ?")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make decide", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("answers", nargs="*", metavar="QUESTION=ANSWER", help="any number of answers")
    parser.add_argument("--list", action="store_true", help="show all questions and their answers")
    asked = parser.parse_args(arguments)
    guide = load()
    try:
        answers = parse(guide, asked.answers)
        if asked.list or not (answers or sys.stdin.isatty()):
            print(*catalogue(guide), sep="\n")
            return 0
        print(*verdict(guide, answers or ask(guide)), sep="\n")
    except DecideError as error:
        print(f"decide: {error}", file=sys.stderr)
        return 2
    except (EOFError, KeyboardInterrupt):
        print("\nnothing is decided", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
