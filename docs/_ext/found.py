"""What does the search name first? The page whose name was typed, and the page that is the code of what was typed.

Sphinx's search ranks a page that speaks of GetTaskPhase like the page that has it. An entry of the index that is called
a main one comes before both: each page gets one with its own name, a page that is a file those of what it declares.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from docutils import nodes
from pages import ROOT, source_of
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.index_entries import split_index_msg

DECLARED = {
    ".go": re.compile(r"^func (?:\([^)]*\) )?([A-Z]\w+)\(", re.MULTILINE),
    ".proto": re.compile(r"^(?:message|enum|package) ([\w.]+)", re.MULTILINE),
    ".py": re.compile(r"^(?:class|def) ([A-Za-z]\w+)", re.MULTILINE),
}
SCRIPT = "search-from-a-folder.js"


def words(docname: str, source: str | None) -> list[str]:
    """Return what leads to a page: its name, or what the file declares that it is made of."""
    if source is None:
        path = PurePosixPath(docname)
        return [
            (path.parent.name if path.name == "index" and path.parent.name else path.name).replace("-", " ")
        ]
    text = (ROOT / source).read_text(encoding="utf-8")
    pattern = DECLARED.get(PurePosixPath(source).suffix)
    return list(dict.fromkeys(pattern.findall(text))) if pattern else []


def mine(docname: str, galleries: dict[str, list[str]]) -> list[str]:
    """Return what leads to a page first: what an earlier file declares, too, leads to that one's page."""
    source = source_of(galleries, docname)
    files = [name for names in galleries.values() for name in names] if source else []
    earlier = {word for name in files[: files.index(source)] for word in words("", name)} if source else set()
    return [word for word in words(docname, source) if word not in earlier]


def add(app: Sphinx, doctree: nodes.document) -> None:
    docname = app.env.docname
    section = next(iter(doctree.findall(nodes.section)), None)
    if section is None:
        return
    found = mine(docname, app.config.gallery_pages)
    entries = [("single", word, section["ids"][0], "main", None) for word in found]
    section.insert(1, addnodes.index(entries=entries))  # after the title, which has to be the first
    app.env.metadata[docname]["found"] = entries  # Sphinx has collected the page's other entries already


def complete(app: Sphinx) -> list[tuple[str, dict, str]]:
    """Give the search the entries of the pages that this build has not written.

    Sphinx 9.0.4 (sphinx/search, IndexBuilder) keeps only those of pages that it writes, and saves what it knows before.
    """
    known = app.builder.indexer._index_entries
    for docname, entries in app.env.domaindata["index"]["entries"].items():
        if docname not in known:
            own = app.env.metadata[docname].get("found", ())
            known[docname] = sorted(set(searched([*entries, *own])))
    return []


def searched(entries: Iterable[tuple]) -> Iterator[tuple[str, str, str]]:
    """Yield (words, place, "main" or "") of a page's entries, as Sphinx takes them out of a page."""
    for kind, text, place, main, _ in entries:
        with contextlib.suppress(ValueError):
            yield from ((words, place or "", main) for words in split_index_msg(kind, text))


def load(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    if page == "search":
        app.add_js_file(SCRIPT, priority=900)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", add, priority=100)
    app.connect("html-page-context", load)
    app.connect("html-collect-pages", complete)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
