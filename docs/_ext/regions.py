"""What does a page leave out of a file that it shows? The marks of parts that a copy of the template may lack."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx

MARK = re.compile(r"^[ \t]*(?:#|//|<!--) part:[\w-]+ (?:begin|end)(?: -->)?[ \t]*(?:\n|\Z)", re.MULTILINE)


def unmarked(text: str) -> str:
    """Return a file's text without the lines that begin and end a part."""
    return MARK.sub("", text)


def leave_out(app: Sphinx, doctree: nodes.document) -> None:
    for block in doctree.findall(nodes.literal_block):
        text = block.astext()
        if (shown := unmarked(text)) != text:
            block.children = []
            block += nodes.Text(shown)
            block.rawsource = shown  # else Sphinx takes it for text with markup, and does not colour it


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", leave_out)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
