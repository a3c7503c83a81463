"""What does a message mean? ``{troubleshoot} PLACE`` is a table of docs/troubleshoot.toml.

Every message has an anchor, and is an entry of the site's search, which leads to that anchor.
"""

from __future__ import annotations

import functools
import re
import tomllib
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from measured import table
from pages import ROOT
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

SOURCE = ROOT / "docs" / "troubleshoot.toml"
HEAD = ["Message, and how it is known", "What it means", "What to do"]
GAP = "…"
WORD = re.compile(r'<span class="pre">([^<]*)</span>')
Row = dict[str, str]


def read(path: Path = SOURCE) -> dict[str, list[Row]]:
    """Return place -> the messages that one meets there."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def parts(message: str) -> list[str]:
    """Return what a message always has: the text between its gaps."""
    return [part for part in (each.strip() for each in message.split(GAP)) if len(part) > 2]


def searched(message: str) -> list[str]:
    """Return a message and its longer pieces: the search knows an entry by half of its length or more."""
    pieces = [each.strip() for each in re.split(r"[:;,…]", message)]
    return list(dict.fromkeys([message, *(each for each in pieces if len(each) > 11)]))


def texts(source: str) -> str:
    """Return a program with its texts whole: those that are written in several pieces joined, without escapes."""
    joined = re.sub(r'"\s*\+\s*\n\s*"|"\s*\n\s*f?"', "", source)
    return joined.replace('\\"', '"')


@functools.cache
def whole(path: Path) -> str:
    return texts(path.read_text(encoding="utf-8"))


class Messages(SphinxDirective):
    """The table of one place."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        places = read()
        if self.arguments[0] not in places:
            raise self.error(f"troubleshoot: no place {self.arguments[0]!r}: want one of {', '.join(places)}")
        self.env.note_dependency(str(SOURCE))
        self.env.metadata[self.env.docname]["troubleshoot"] = True
        return [self.table(places[self.arguments[0]])]

    def table(self, given: list[Row]) -> nodes.table:
        cells = [[self.message(row), self.parsed(row["means"]), self.parsed(row["do"])] for row in given]
        shown = table(HEAD, cells, (36, 34, 30))
        shown["classes"] += ["stack", "messages"]
        body = next(iter(shown.findall(nodes.tbody)))
        for row, about in zip(body.children, given, strict=True):
            row["ids"] = [about["id"]]
            self.state.document.note_explicit_target(row)
        return shown

    def message(self, row: Row) -> list[nodes.Node]:
        entries = [
            ("single", words.replace(";", ","), row["id"], "main", None) for words in searched(row["message"])
        ]
        link = nodes.reference("", "", refuri=f"#{row['id']}", internal=True)
        link += nodes.literal("", row["message"])
        how = nodes.inline("", f"{row['who']}; ", *self.parsed(known(row)), classes=["known-from"])
        return [addnodes.index(entries=entries), link, how]

    def parsed(self, text: str) -> list[nodes.Node]:
        place = nodes.Element()
        self.state.nested_parse(StringList([text], source=str(SOURCE)), 0, place)
        return place.children[0].children if place.children else []


def known(row: Row) -> str:
    """Return, as MyST, how a message is known."""
    if "known" in row:
        return row["known"]
    test = f"{{test}}`{row['test']}`" if "test" in row else ""
    return test or "its source"


def lighter(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Take the mark away that Sphinx puts around every word of code: with so many messages a third of the page."""
    if app.env.metadata.get(page, {}).get("troubleshoot"):
        context["body"] = WORD.sub(r"\1", context["body"])


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("troubleshoot", Messages)
    app.connect("html-page-context", lighter)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
