"""How does docs/decide.toml become a page? ``{decide} form`` asks, ``table`` and ``chart`` say the same at once.

Without JavaScript the form stays hidden and the table is open. Every link to evidence is checked here: a place that is
not there is a warning, and so fails the build.
"""

from __future__ import annotations

import json
from typing import Any

import decide_chart
import decide_table
from decide_table import Links, code
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from devkit import decide_rules
from devkit.decide_rules import Guide, Question, Rule

PARTS = ("form", "table", "chart")


class decide_part(nodes.General, nodes.Element):
    """Stands where a part goes, until the titles of all pages are known."""


def form(guide: Guide, links: Links) -> list[nodes.Node]:
    asked = "".join(fieldset(question, links) for question in guide.questions)
    about = json.dumps(as_json(guide, links), ensure_ascii=False).replace("</", "<\\/")
    text = (
        '<div id="decide" class="decide" hidden><form>'
        f'{asked}<p><button type="reset">Begin again</button> '
        "The address of this page keeps your answers: send it to whoever decides with you.</p></form>"
        '<div id="decide-why"></div><div id="decide-now" role="status"></div></div>'
        '<p class="decide-plain">The questions need JavaScript. Without it, the table is the way to the answer.</p>'
        f'<script type="application/json" id="decide-guide">{about}</script>'
    )
    return [nodes.raw("", text, format="html")]


def fieldset(question: Question, links: Links) -> str:
    name = question.id
    choices = [*question.answers.items(), ("", "not answered")]
    rows = "".join(
        f'<label><input type="radio" name="{name}" value="{answer}"{"" if answer else " checked"}> '
        f"{code(meaning)}</label>"
        for answer, meaning in choices
    )
    return (
        f'<fieldset data-question="{name}" aria-describedby="decide-{name}"><legend>{code(question.ask)}</legend>'
        f'<p class="decide-reason" id="decide-{name}">{code(question.why)} {links.html(question.evidence)}</p>'
        f"{rows}</fieldset>"
    )


def as_json(guide: Guide, links: Links) -> dict[str, Any]:
    """Return what the page's JavaScript needs of the guide, with addresses in place of evidence."""

    def rule(said: Rule) -> dict[str, Any]:
        evidence = [links.of(place) for place in said.evidence]
        return {"when": said.when, "out": said.out, "because": said.because, "evidence": evidence}

    kinds = [
        {
            "id": kind.id,
            "name": kind.name,
            "take": kind.take,
            "cheapest": kind.cheapest,
            "page": links.of(kind.page),
        }
        for kind in guide.kinds
    ]
    questions = [
        {
            "id": each.id,
            "fact": each.fact,
            "answers": each.answers,
            "rules": [rule(said) for said in each.rules],
        }
        for each in guide.questions
    ]
    return {"kinds": kinds, "questions": questions}


def chart(guide: Guide, links: Links) -> list[nodes.Node]:
    picture = decide_chart.svg(guide)
    return [nodes.raw("", f'<div class="figure-box" tabindex="0">{picture}</div>', format="html")]


class DecideDirective(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        if self.arguments[0] not in PARTS:
            raise self.error(f"decide: no part {self.arguments[0]!r}: want {', '.join(PARTS)}")
        self.env.note_dependency(str(decide_rules.GUIDE))
        self.env.metadata[self.env.docname]["decides"] = True
        return [decide_part(part=self.arguments[0])]


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for place in list(doctree.findall(decide_part)):
        parts = {"form": form, "table": decide_table.table, "chart": chart}
        place.replace_self(parts[place["part"]](decide_rules.load(), Links(app, docname)))


def pages_that_decide(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Have them written in every build: a title that they show may have changed."""
    return [page for page, about in env.metadata.items() if about.get("decides")]


def load_scripts(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    if app.env.metadata.get(page, {}).get("decides"):
        app.add_css_file("decide.css")
        for name in ("decide.js", "decide-page.js"):
            app.add_js_file(name, loading_method="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(decide_part)
    app.add_directive("decide", DecideDirective)
    app.connect("env-updated", pages_that_decide)
    app.connect("doctree-resolved", fill)
    app.connect("html-page-context", load_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
