"""What does a page load? Not what it does not use: sphinx-design's style sheet has rules for a hundred things, of which
the pages use a few, and a script for tabs, which few pages have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

STYLES = "_static/sphinx-design.min.css"
CLASS = re.compile(r"\.(sd-[\w-]+)")
USED = re.compile(r"\bsd-[\w-]+")


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """Yield (what stands before the braces, what stands between them) for each outermost block of a style sheet."""
    start = depth = opened = 0
    for place, sign in enumerate(css):
        if sign == "{":
            depth += 1
            opened = place if depth == 1 else opened
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened], css[opened + 1 : place]
                start = place + 1


def purged(css: str, used: set[str]) -> str:
    """Return a style sheet without the rules whose every selector needs a class of sphinx-design that is not used."""
    kept = []
    for head, body in blocks(css):
        if head.lstrip().startswith("@media"):
            if inner := purged(body, used):
                kept.append(f"{head}{{{inner}}}")
        elif head.lstrip().startswith("@"):  # named, and its name is no class
            if head.split()[-1] in used:
                kept.append(f"{head}{{{body}}}")
        elif wanted := [each for each in head.split(",") if set(CLASS.findall(each)) <= used]:
            kept.append(f"{','.join(wanted)}{{{body}}}")
    return "".join(kept)


def drop_scripts(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    if "sd-tab" not in context.get("body", ""):
        files = context["script_files"]
        context["script_files"] = [each for each in files if "design-tabs" not in str(each.filename)]


def purge(app: Sphinx, error: Exception | None) -> None:
    """Rewrite the style sheet in the site, by the classes of all pages in it; Sphinx copies it anew in each build."""
    path = Path(app.outdir) / STYLES
    if error is None and app.builder.name == "html" and path.exists():
        pages = Path(app.outdir).rglob("*.html")
        used = {name for page in pages for name in USED.findall(page.read_text(encoding="utf-8"))}
        path.write_text(purged(path.read_text(encoding="utf-8"), used), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", drop_scripts, priority=950)
    app.connect("build-finished", purge, priority=300)  # before sitecheck weighs the pages
    return {"parallel_read_safe": True, "parallel_write_safe": True}
