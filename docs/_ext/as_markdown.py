"""What does a page say, as Markdown? Made from the page's HTML, so with its code, its output and its tables.

Code is copied as it is, tabs and all, in a fence that is longer than any in it; so it is never indented, also where the
page has it in a list or a table. Links are addresses below the site's root.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from bs4 import BeautifulSoup, NavigableString, Tag

SKIPPED = {"nav", "form", "script", "style", "button", "input", "template"}
BLOCKS = {
    "p",
    "div",
    "section",
    "ul",
    "ol",
    "dl",
    "pre",
    "table",
    "blockquote",
    "figure",
    "details",
    "aside",
    "article",
}
BLOCKS |= {"h1", "h2", "h3", "h4", "h5", "h6", "hr", "dt", "summary", "label", "noscript"}
LANGUAGE = re.compile(r"highlight-(\S+)")


def markdown(body: str, page: str) -> str:
    """Return a page's body as Markdown; `page` is its name, from which its links are seen."""
    text = "\n\n".join(blocks(BeautifulSoup(body, "html.parser"), page))
    return text.strip() + "\n"


def blocks(parent: Tag, page: str) -> list[str]:
    """Return the blocks of an element; what stands between blocks is a paragraph."""
    found: list[str] = []
    loose: list[Tag | NavigableString] = []

    def finish() -> None:
        if text := squeezed(joined(inline(each, page) for each in loose)):
            found.append(text)
        loose.clear()

    for child in parent.children:
        if isinstance(child, Tag) and (child.name in BLOCKS or child.find(list(BLOCKS))):
            finish()
            found += block(child, page)
        elif isinstance(child, Tag | NavigableString):
            loose.append(child)
    finish()
    return found


def block(tag: Tag, page: str) -> list[str]:
    """Return one element as blocks of Markdown."""
    if tag.name in SKIPPED or "headerlink" in tag.get("class", []):
        return []
    if tag.name == "pre":
        return [fenced(tag)]
    if re.fullmatch("h[1-6]", tag.name):
        return [f"{'#' * int(tag.name[1])} {squeezed(inline(tag, page))}"]
    if tag.name in ("ul", "ol"):
        return ["\n".join(items(tag, page))]
    if tag.name == "table":
        return ["\n".join(rows(tag, page))]
    if tag.name in ("dt", "summary", "label"):
        return [f"**{squeezed(inline(tag, page))}**"]
    if tag.name == "dl":
        return terms(tag, page)
    if tag.name == "blockquote":
        return [re.sub("^", "> ", "\n\n".join(blocks(tag, page)), flags=re.MULTILINE)]
    return ["---"] if tag.name == "hr" else blocks(tag, page)


def fenced(tag: Tag) -> str:
    """Return a code block, byte for byte."""
    text = tag.get_text()
    ticks = max([2, *(len(run) for run in re.findall("`+", text))]) + 1
    named = (
        LANGUAGE.search(" ".join(each.get("class", []))) for each in tag.parents if isinstance(each, Tag)
    )
    language = next((found[1] for found in named if found), "").replace("default", "").lower()
    return f"{'`' * ticks}{language}\n{text.strip(chr(10))}\n{'`' * ticks}"


def items(tag: Tag, page: str) -> list[str]:
    found = []
    for number, item in enumerate(tag.find_all("li", recursive=False), 1):
        sign = "- " if tag.name == "ul" else f"{number}. "
        if item.find("pre"):
            found += ["", sign.rstrip(), "", "\n\n".join(blocks(item, page)), ""]
            continue
        said = "\n".join(blocks(item, page)).split("\n")
        found += [f"{sign}{said[0]}", *(f"{' ' * len(sign)}{line}" if line else "" for line in said[1:])]
    return found


def terms(tag: Tag, page: str) -> list[str]:
    """Return a list of terms, each before the first sentence about it."""
    found: list[str] = []
    for child in tag.find_all(["dt", "dd"], recursive=False):
        said = blocks(child, page)
        if child.name == "dd" and found and said and not said[0].startswith(("`" * 3, "|", "- ")):
            found[-1] += f" {said.pop(0)}"
        found += block(child, page) if child.name == "dt" else said
    return found


def rows(tag: Tag, page: str) -> list[str]:
    """Return a table with pipes, whose first row is the heading; then the code that it has."""
    found: list[str] = []
    after = [line for each in tag.find_all("pre") for line in ("", fenced(each.extract()))]
    for row in tag.find_all("tr"):
        texts = (" ".join(blocks(cell, page)) for cell in row.find_all(["th", "td"], recursive=False))
        cells = [squeezed(text).replace("|", "\\|") for text in texts]
        found.append(f"| {' | '.join(cells)} |")
        if len(found) == 1:
            found.append("|" + "---|" * len(cells))
    return [*found, *after]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def joined(pieces: Iterable[str]) -> str:
    """Return the pieces of a line; two spans of code that touch would be neither, so they get a space."""
    text = ""
    for piece in pieces:
        text += f" {piece}" if text.endswith("`") and piece.startswith("`") else piece
    return text


def inline(node: Tag | NavigableString, page: str) -> str:
    """Return what stands within a line."""
    if not isinstance(node, Tag):
        return str(node) if type(node) is NavigableString else ""  # no comments
    if node.name in SKIPPED or "headerlink" in node.get("class", []):
        return ""
    if node.name == "svg":
        title = node.find("title")
        return f"(Picture: {title.get_text()})" if title else ""
    if node.name == "img":
        return f"(Picture: {node['alt']})" if node.get("alt") else ""
    if node.name == "code":
        return code(node.get_text())
    text = joined(inline(child, page) for child in node.children if isinstance(child, Tag | NavigableString))
    if node.name == "a" and node.get("href") and (text.strip() or not node.find(["img", "svg"])):
        to = address(str(node["href"]), page)
        return f"[{text.strip() or to}]({to})"  # a link without words must not vanish from its sentence
    marks = {"strong": "**", "b": "**", "em": "*", "i": "*"}
    if node.name in marks and text.strip():
        return f"{marks[node.name]}{text}{marks[node.name]}"
    return "\n" if node.name == "br" else text


def code(text: str) -> str:
    text = squeezed(text)
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def address(href: str, page: str) -> str:
    """Return where a link leads, from the site's root."""
    if re.match(r"[a-z]+:", href):
        return href
    path, _, place = href.partition("#")
    here = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else f"{page}.html"
    return here + (f"#{place}" if place else "")
