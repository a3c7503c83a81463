"""What does a page of the built site tell its reader to do? Its files, patches, archives and commands, in order.

Only what is on the page counts: this reads the HTML of build/site, and nothing of what it was made of.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bs4 import BeautifulSoup, Tag

DOES = "a.raw-file, div.along div.highlight-diff pre, div.along a.rest, div.command pre, code:not(p.command-note code)"
# Neither what is folded, nor the names of tests, which stand for a link to a proof.
NO_PROSE = "pre, nav, form, details, svg, script, style, a.headerlink, p.verified, code.test"
NAMED = re.compile(r"^(?:make|nox|kubectl|go|pip|git) [^…]*$")  # code in a sentence that is a command


@dataclass(frozen=True)
class File:
    """A file that the page shows as a whole: its name, the copy of it that the page links to, the blocks of code."""

    name: str
    copy: Path
    blocks: list[str]


@dataclass(frozen=True)
class Patch:
    """A change of a file of an earlier page, as a unified diff."""

    text: str


@dataclass(frozen=True)
class Archive:
    """A link to an archive that the reader is to save."""

    copy: Path


@dataclass(frozen=True)
class Command:
    """A line that the reader is to type."""

    line: str
    note: str = ""  # what the page says below it
    in_tree: bool = False  # in the reader's own tree, and not in a clone of the repository
    shown: bool = True  # in a block; else it is only named in a sentence


NEXT = re.compile(r'<a class="next-page" href="([^"#]+)"')
Act = File | Patch | Archive | Command


def relative(to: str, docname: str) -> str:
    """Return the address of a file of the site as a page links to it."""
    return posixpath.relpath(to, posixpath.dirname(docname) or ".")


@cache
def soup(path: Path, changed: float) -> Tag:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def read(path: Path) -> Tag:
    """Return a page as a tree; raises FileNotFoundError."""
    return soup(path, path.stat().st_mtime)


def order(site: Path) -> list[str]:
    """Return the pages to which the button Next leads, from the first page of the site on."""
    found: list[str] = []
    page = "index"
    while button := NEXT.search((site / f"{page}.html").read_text(encoding="utf-8")):
        page = posixpath.normpath(posixpath.join(posixpath.dirname(page), button[1]))
        page = page.removesuffix(".html")
        if page in found:
            raise ValueError(f"the button Next leads in a circle: {page} comes twice")
        found.append(page)
    return found


def words(path: Path) -> int:
    """Return how many words of prose a page has: without code, output, pictures, forms, and what is folded."""
    article = BeautifulSoup(str(read(path).select_one("article")), "html.parser")
    for part in article.select(NO_PROSE):
        part.decompose()
    return sum(bool(re.search(r"\w", word)) for word in article.get_text(" ").split())


def acts(path: Path) -> list[Act]:
    """Return what a page tells its reader to do, in the order of the page."""
    article = read(path).select_one("article")
    assert article is not None, path
    found: list[Act] = []
    for part in article.select(DOES):
        if part.name == "a":
            copy = (path.parent / str(part["href"])).resolve()
            is_file = "raw-file" in part["class"]
            found.append(File(part.get_text(), copy, blocks(part, article)) if is_file else Archive(copy))
        elif part.name == "code":
            if NAMED.match(line := part.get_text()) and not part.find_parent("pre"):
                found.append(Command(line, shown=False))
        elif part.find_parent(class_="highlight-diff"):
            found.append(Patch(part.get_text()))
        else:
            found += commands(part)
    return found


def promised(path: Path) -> list[str]:
    """Return what a page says that one should see: the code and the emphasis in that row of its box."""
    rows = read(path).select("div.station dt")
    row = next((one for one in rows if one.get_text().startswith("You should see")), None)
    cell = row.find_next_sibling("dd") if row else None
    return [part.get_text() for part in cell.select("code, em")] if isinstance(cell, Tag) else []


def ends_step(path: Path) -> bool:
    """Return whether a page ends a step: it has an archive of what no page shows."""
    return read(path).select_one("div.along a.rest") is not None


def blocks(link: Tag, article: Tag) -> list[str]:
    """Return the blocks of code of a file: those beside its name, or all of a page that is the file."""
    box = link.find_parent(class_="shown-file")
    parts = (box or article).select("pre")
    return [
        part.get_text()
        for part in parts
        if box or not part.find_parent(class_=("along", "command", "shown-file"))
    ]


def commands(pre: Tag) -> list[Command]:
    """Return the commands of a block: what follows "$ " at the beginning of a line."""
    box = pre.find_parent(class_="command")
    below = box.select_one("p.command-note") if box else None
    in_tree = pre.find_parent(class_="along") is not None
    lines = [line[2:] for line in pre.get_text().split("\n") if line.startswith("$ ")]
    return [Command(line, below.get_text() if below else "", in_tree) for line in lines]
