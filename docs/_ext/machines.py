"""What does a program read that helps somebody with this book? llms.txt and llms-full.txt, at the root of the site.

Each page is written beside its HTML as PAGE.html.md: the page as it was rendered, and not the sources with their
directives. llms.txt lists them, in the order of reading; llms-full.txt has all of them. A code block of a page that is
not in it is a warning. https://llmstxt.org has the form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import as_markdown
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

LOG = logging.getLogger(__name__)
LEFT_OUT = {"genindex", "search", "changelog"}
BLOCK = re.compile(r"<pre\b[^>]*>(.*?)</pre>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
INTRODUCTION = """\
> How to write a Flyte plugin for a Kubernetes operator: a book whose pages are the code of a working plugin, and the
> repository that they are built from, to be copied and changed.

Each line links to a page as Markdown, rendered: with its code, and with the output of its commands. All of them
are in one file: [llms-full.txt](llms-full.txt). A file that a page shows as a whole is also in the folder `files/`; the
tree after each step is on `downloads.html`. Who works in a copy of the repository finds what to do in its `AGENTS.md`.
"""


def write_page(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    """Write the Markdown of a page beside it."""
    if doctree is not None and app.builder.name == "html" and page not in LEFT_OUT:
        path = Path(app.outdir) / f"{page}.html.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(as_markdown.markdown(context["body"], page), encoding="utf-8")


def order(env: BuildEnvironment) -> list[tuple[str, list[str]]]:
    """Return (heading, pages) in the order of reading."""
    relations = [page for page in env.collect_relations() if page not in LEFT_OUT]
    walk = relations.index(env.config.walk_ends_at) + 1
    return [("The core walk", relations[:walk]), ("Reference", relations[walk:])]


def question(text: str) -> str:
    """Return what one has at the end of a page of the walk, else the page's first sentence."""
    if told := re.search(r"^\*\*At the end:\*\* (.+)$", text, re.MULTILINE):
        return told[1]
    lines = (line for line in text.split("\n\n")[1:] if re.match(r"[A-Z*`\[]", line))
    first = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", next(lines, ""))
    return re.split(r"(?<=[.?!:])\s", first.replace("\n", " "), maxsplit=1)[0]


def missing(html: str, text: str) -> Iterator[str]:
    """Yield the code blocks of a page's HTML that are not in a text."""
    for found in BLOCK.findall(html):
        block = unescape(TAG.sub("", found)).strip("\n")
        if block not in text:
            yield block


def write(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.name != "html":
        return
    site = Path(app.outdir)
    index, full = [f"# {app.config.project}\n", INTRODUCTION], [f"# {app.config.project}\n"]
    for heading, pages in order(app.env):
        index.append(f"## {heading}\n")
        for page in pages:
            text = (site / f"{page}.html.md").read_text(encoding="utf-8")
            index.append(f"- [{app.env.titles[page].astext()}]({page}.html.md): {question(text)}")
            full.append(f"<!-- page: {page}.html -->\n\n{text}")
        index.append("")
    (site / "llms.txt").write_text("\n".join(index), encoding="utf-8")
    whole = "\n".join(full)
    (site / "llms-full.txt").write_text(whole, encoding="utf-8")
    for page in sorted(app.env.found_docs - LEFT_OUT):
        for block in missing((site / f"{page}.html").read_text(encoding="utf-8"), whole):
            LOG.warning("%s: llms-full.txt does not have the code block %r", page, block[:60])


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", write_page, priority=950)  # when the body is as it is written
    app.connect("build-finished", write, priority=450)  # before sitecheck, which looks at links
    return {"parallel_read_safe": True, "parallel_write_safe": True}
