"""Does the page's JavaScript decide what Python decides? Node runs it, with thousands of answers."""

from __future__ import annotations

import itertools
import json
import subprocess
from typing import Any

from decide_ways import GUIDE, WALKS, some_answers

from devkit.node import node
from devkit.toolchain import ROOT

SCRIPT = ROOT / "docs" / "_static" / "decide.js"
RUN = """
const fs = require("node:fs");
require(process.argv[1]);
const { guide, cases, fragments } = JSON.parse(fs.readFileSync(0, "utf8"));
const rules = guide.questions.flatMap((question) => question.rules);
const places = (against) => Object.fromEntries(
  Object.entries(against).map(([kind, held]) => [kind, held.map((rule) => rules.indexOf(rule))]));
const outcomes = cases.map((answers) => {
  const found = globalThis.decide.outcome(guide, answers);
  return { ...found, against: places(found.against) };
});
const read = fragments.map((fragment) => globalThis.decide.fromFragment(guide, fragment));
process.stdout.write(JSON.stringify({ outcomes, read }));
"""


def said(answers: dict[str, str]) -> dict[str, Any]:
    """Return what Python says, as the JSON that the script gives."""
    found = GUIDE.outcome(answers)
    rules = list(GUIDE.rules)
    against = {kind: [rules.index(rule) for rule in held] for kind, held in found.against.items()}
    ways = [[kind, list(wishes)] for kind, wishes in found.ways]
    return {"remaining": list(found.remaining), "against": against, "open": list(found.open), "ways": ways}


def pairs() -> list[dict[str, str]]:
    """Return every pair of answers to two questions."""
    each = [[(question.id, answer) for answer in question.answers] for question in GUIDE.questions]
    return [
        dict(chosen)
        for one, other in itertools.combinations(each, 2)
        for chosen in itertools.product(one, other)
    ]


def javascript(cases: list[dict[str, str]], fragments: list[str]) -> dict[str, Any]:
    questions = [
        {
            "id": question.id,
            "fact": question.fact,
            "answers": question.answers,
            "rules": [{"when": rule.when, "out": rule.out} for rule in question.rules],
        }
        for question in GUIDE.questions
    ]
    guide = {"kinds": [{"id": kind.id} for kind in GUIDE.kinds], "questions": questions}
    tool = node()
    done = subprocess.run(
        [tool.command, "-e", RUN, str(SCRIPT)],
        input=json.dumps({"guide": guide, "cases": cases, "fragments": fragments}),
        env=tool.env,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_page_decides_what_python_decides():
    random = [some_answers(seed, share) for seed in range(1000) for share in (0.3, 0.7, 1)]
    cases = [{}, *pairs(), *WALKS, *random]
    assert len(cases) > 4000
    for answers, found in zip(cases, javascript(cases, [])["outcomes"], strict=True):
        assert found == said(answers), answers


def test_an_address_gives_its_answers_and_nothing_that_the_guide_does_not_have():
    fragments = [
        "#work=operator&abort=yes",
        "#work=nowhere&speed=high&abort=no",
        "#the-price",
        "#",
        "#abort=toString",
    ]
    read = javascript([], fragments)["read"]
    assert read == [{"work": "operator", "abort": "yes"}, {"abort": "no"}, {}, {}, {}]
