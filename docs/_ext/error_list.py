"""Where does an error of ours come from? ``{error-list}`` has all texts of error_texts.py, by who meets them.

The search finds each by its words. One that docs/troubleshoot.toml explains has a link to there.
"""

from __future__ import annotations

import re

import again
import error_texts
import troubleshoot
from docutils import nodes
from error_texts import Text
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

# Heading -> the files whose errors one meets there; the first that fits counts.
PLACES = {
    "In Python": r"^sdk/",
    "In the console, from a plugin": r"^go/plugins/",
    "In the console, from the connector": r"^go/connector/(core|pod|flyte2|internal/dialect|meta|store|plugin)/",
    "In the connector's log": r"^go/",
}
PAGE = "troubleshoot"


def place(text: Text) -> str:
    return next(name for name, pattern in PLACES.items() if re.search(pattern, text.file))


class ErrorListDirective(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        texts, rows = now()
        again.remember(self.env, "errors", "", (texts, rows))
        known = {text: row["id"] for text in texts for row in rows if error_texts.explained(text, [row])}
        words = f"Of these {len(texts)} texts, {len(known)} have more to say on "
        link = self.parse_inline(f"{{doc}}`/{PAGE}`.")[0]
        found: list[nodes.Node] = [nodes.paragraph("", "", nodes.Text(words), *link)]
        for name in PLACES:
            found.append(
                self.section(name, sorted({text for text in texts if place(text) == name}, key=order), known)
            )
        return found

    def section(self, name: str, texts: list[Text], known: dict[Text, str]) -> nodes.section:
        section = nodes.section(
            "", nodes.title("", name), ids=[nodes.make_id(name)], names=[nodes.fully_normalize_name(name)]
        )
        self.state.document.note_implicit_target(section)
        items = [
            self.item(text, known.get(text), f"{nodes.make_id(name)}-{number}")
            for number, text in enumerate(texts, 1)
        ]
        section += nodes.bullet_list("", *items, classes=["errors"])
        return section

    def item(self, text: Text, explained: str | None, anchor: str) -> nodes.list_item:
        entries = [
            ("single", words.replace(";", ","), anchor, "", None)
            for words in troubleshoot.searched(text.text)
        ]
        where = nodes.inline("", f" {text.file}", classes=["known-from"])
        line = nodes.paragraph(
            "", "", addnodes.index(entries=entries), nodes.literal("", text.text, classes=["test"])
        )
        if explained:
            line += nodes.Text(" ")
            line += nodes.reference("", "what to do", refuri=f"{PAGE}.html#{explained}", internal=True)
        line += where
        return nodes.list_item("", line, ids=[anchor])


def order(text: Text) -> tuple[str, str]:
    return text.file, text.text


def now(_: str = "") -> tuple[list[Text], list[troubleshoot.Row]]:
    """Return what the page is made of: the texts are in code that no page depends on."""
    return error_texts.here(), error_texts.rows()


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("error-list", ErrorListDirective)
    again.watch(app, "errors", now)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
