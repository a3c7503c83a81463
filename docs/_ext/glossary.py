"""What does a word mean? ``{terms}`` is docs/glossary.toml, in the site's search also under what people type instead.

On a page of the core walk, the first use of one of its words is a link to the word's entry, unless the page explains it
itself, in *emphasis* or **bold**.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import walk
from docutils import nodes
from docutils.statemachine import StringList
from pages import ROOT
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

SOURCE = ROOT / "docs" / "glossary.toml"
EXPLAINS = (nodes.emphasis, nodes.strong, nodes.term)
# Where a word is no use of it, or already a link.
LEFT_ALONE = (
    nodes.reference,
    addnodes.pending_xref,
    nodes.literal,
    nodes.literal_block,
    nodes.title,
    nodes.rubric,
)
LEFT_ALONE += (
    nodes.raw,
    nodes.thead,
    nodes.caption,
    addnodes.index,
    addnodes.desc_signature,
    nodes.field_list,
)
OWN = {"along", "station", "command-note", "source-file"}  # boxes and notes that other extensions write


@dataclass(frozen=True)
class Term:
    """A word of the book, as docs/glossary.toml explains its fields."""

    name: str
    means: str
    page: str
    walk: bool
    misspelt: list[str]
    forms: list[str] = field(default_factory=list)

    @property
    def pattern(self) -> re.Pattern[str]:
        """Return what finds the word in a sentence, also at its beginning, and where the line breaks within it."""
        forms = "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in self.forms or [self.name])
        first = "" if self.name[0].isupper() else "(?i:" + forms + ")"
        return re.compile(rf"(?<![\w-])(?:{first or forms})(?![\w-])")


def terms(path: Path = SOURCE) -> list[Term]:
    return [Term(**raw) for raw in tomllib.loads(path.read_text(encoding="utf-8"))["term"]]


class TermsDirective(SphinxDirective):
    """The glossary, with an entry of the search for each other spelling."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(SOURCE))
        lines = ["```{glossary}"]
        for term in terms():
            lines += [term.name, f"  {term.means} See {{doc}}`/{term.page}`.", ""]
        place = nodes.Element()
        self.state.nested_parse(StringList([*lines, "```"], source=str(SOURCE)), 0, place)
        targets = {node.astext().lower(): node["ids"][0] for node in place.findall(nodes.term)}
        entries = [
            ("single", words.replace(";", ","), targets[term.name.lower()], "", None)
            for term in terms()
            for words in term.misspelt
        ]
        return [addnodes.index(entries=entries), *place.children]


def sentences(doctree: nodes.document) -> Iterator[nodes.Text]:
    """Yield the texts of a page in which a word is used, in order."""
    for text in list(doctree.findall(nodes.Text)):
        above = text.parent
        while (
            above is not None
            and not isinstance(above, LEFT_ALONE)
            and not OWN & set(above.get("classes", []))
        ):
            above = above.parent
        if above is None:
            yield text


def first(doctree: nodes.document, term: Term) -> tuple[nodes.Text, re.Match[str]] | None:
    """Return where a page first uses a word, and how."""
    found = ((text, term.pattern.search(text.astext())) for text in sentences(doctree))
    return next(((text, match) for text, match in found if match), None)


def explained(text: nodes.Text) -> bool:
    return isinstance(text.parent, EXPLAINS)


def link(docname: str, term: Term, words: str) -> addnodes.pending_xref:
    about = {
        "refdomain": "std",
        "reftype": "term",
        "reftarget": term.name,
        "refdoc": docname,
        "refwarn": True,
    }
    return addnodes.pending_xref(
        "", nodes.inline("", words, classes=["used-term"]), refexplicit=True, **about
    )


def connect(docname: str, doctree: nodes.document) -> None:
    """Make the first use of each word of the walk a link."""
    for term in (term for term in terms() if term.walk):
        use = first(doctree, term)
        if use and not explained(use[0]):
            text, match = use
            whole = text.astext()
            before, after = nodes.Text(whole[: match.start()]), nodes.Text(whole[match.end() :])
            parts = [before, link(docname, term, match[0]), after]
            text.parent.replace(
                text, [part for part in parts if not isinstance(part, nodes.Text) or part.astext()]
            )


def read(app: Sphinx, doctree: nodes.document) -> None:
    docname = app.env.docname
    if any(docname in station.pages for station in walk.load()):
        app.env.note_dependency(str(SOURCE))
        connect(docname, doctree)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("terms", TermsDirective)
    app.connect("doctree-read", read, priority=300)  # before others add their boxes
    return {"parallel_read_safe": True, "parallel_write_safe": True}
