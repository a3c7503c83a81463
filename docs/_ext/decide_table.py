"""How does docs/decide.toml look as a table? A row for each rule, with links to what shows it; it can be printed."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from devkit.decide_rules import Guide, Rule

LOG = logging.getLogger(__name__)
HEAD = ("Question", "If you answer", "then this is out", "because")


class Links:
    """Addresses and texts of places on the site, as seen from one page."""

    def __init__(self, app: Sphinx, docname: str) -> None:
        self.app, self.docname = app, docname

    def of(self, evidence: str) -> tuple[str, str]:
        """Return (address, text) of a place such as "price.md#side-by-side"; one that is not there is a warning."""
        file, _, anchor = evidence.partition("#")
        page = file.rpartition(".")[0]
        toc = self.app.env.tocs.get(page)
        entries = toc.findall(nodes.reference) if toc is not None else ()
        titles = {entry["anchorname"].removeprefix("#"): entry.astext() for entry in entries}
        if anchor not in titles:
            LOG.warning(
                "docs/decide.toml: %s is not there: want one of %s", evidence, ", ".join(titles) or "no page"
            )
            return "#", evidence
        address = self.app.builder.get_relative_uri(self.docname, page)
        if not anchor:
            return address, titles[""]
        return f"{address}#{anchor}", f"{titles.get('', page)}: {titles[anchor]}"

    def nodes(self, evidence: tuple[str, ...]) -> Iterator[nodes.Node]:
        for place in evidence:
            address, text = self.of(place)
            yield nodes.Text(" (")
            yield nodes.reference("", text, refuri=address, internal=True)
            yield nodes.Text(")")

    def html(self, evidence: tuple[str, ...]) -> str:
        found = [self.of(place) for place in evidence]
        return " ".join(f'(<a href="{escape(address)}">{escape(text)}</a>)' for address, text in found)


def inline(text: str) -> list[nodes.Node]:
    """Return a text of the guide; what is between backticks is code."""
    parts = text.split("`")
    return [nodes.literal("", part) if place % 2 else nodes.Text(part) for place, part in enumerate(parts)]


def code(text: str) -> str:
    parts = [escape(part, quote=False) for part in text.split("`")]
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))


def table(guide: Guide, links: Links) -> list[nodes.Node]:
    """Return the order of preference and a table with a row for each rule, in <details> that JavaScript closes."""
    group = nodes.tgroup("", *(nodes.colspec(colwidth=width) for width in (28, 24, 16, 32)), cols=4)
    head = (nodes.entry("", nodes.paragraph("", cell)) for cell in HEAD)
    group += nodes.thead("", nodes.row("", *head))
    body = nodes.tbody()
    for question in guide.questions:
        for number, said in enumerate(question.rules):
            first = (
                [cell(*inline(question.ask), nodes.Text(" "), *inline(question.why))] if not number else []
            )
            if first:
                first[0]["morerows"] = len(question.rules) - 1
            names = ", ".join(guide.kind(kind).name for kind in said.out)
            because = cell(*inline(said.because), *links.nodes(said.evidence))
            body += nodes.row(
                "", *first, cell(*inline(condition(guide, said))), cell(nodes.Text(names)), because
            )
    group += body
    order = [
        cell_item(
            nodes.strong("", kind.name),
            nodes.Text(f": {kind.cheapest}" if kind.cheapest else ""),
        )
        for kind in guide.kinds
    ]
    rule = "Strike out what your answers rule out. Of what is left, take the first. Why it is cheaper than the next:"
    return [
        nodes.raw(
            "", '<details id="decide-table" open><summary>All questions and reasons</summary>', format="html"
        ),
        nodes.paragraph("", rule),
        nodes.enumerated_list("", *order, enumtype="arabic", prefix="", suffix="."),
        nodes.table("", group, classes=["decide-rules"]),
        nodes.raw("", "</details>", format="html"),
    ]


def cell(*content: nodes.Node) -> nodes.entry:
    return nodes.entry("", nodes.paragraph("", "", *content))


def cell_item(*content: nodes.Node) -> nodes.list_item:
    return nodes.list_item("", nodes.paragraph("", "", *content))


def condition(guide: Guide, rule: Rule) -> str:
    """Return when a rule holds, in words; the answers to its own question with what they mean."""
    meanings = guide.question(rule.question).answers
    own = " or ".join(told(rule.question, answer, meanings[answer]) for answer in rule.when[rule.question])
    others = [
        f"`{name}` is {' or '.join(wanted)}" for name, wanted in rule.when.items() if name != rule.question
    ]
    return "; and ".join([own, *others])


def told(question: str, answer: str, meaning: str) -> str:
    """Return an answer as one types it, and what it means, where that says more."""
    more = "" if meaning == answer else meaning.removeprefix(f"{answer}: ")
    return f"`{question}={answer}`" + (f": {more}" if more else "")
