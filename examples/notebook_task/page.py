"""
How does a notebook look as a page?
===================================

Cell by cell, with what flytekit needs for its own decks anyway: markdown-it and Pygments. ``nbconvert`` makes a fuller
page, at the price of ten more packages in the image.
"""

from __future__ import annotations

from html import escape

from click import unstyle
from flytekit.deck import MarkdownRenderer
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

# With its styles in the elements: a deck shares its page with other decks.
BOX = "padding: 0.1em 0.8em; color: #222"
CODE = HtmlFormatter(noclasses=True, style="default", cssclass="notebook-cell", cssstyles=BOX)
RICHEST = ("image/png", "image/svg+xml", "text/html", "text/markdown", "text/plain")


def html(notebook: NotebookNode) -> str:
    """Return a notebook with its outputs as HTML, to be put into a page."""
    return "\n".join(part for cell in notebook.cells for part in _cell(cell))


def _cell(cell: NotebookNode) -> list[str]:
    if cell.cell_type != "code":
        return [MarkdownRenderer().to_html(cell.source)]
    return [highlight(cell.source, PythonLexer(), CODE), *map(_output, cell.outputs)]


def _output(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return _text(output.text)
    if output.output_type == "error":
        return _text("\n".join(output.traceback))
    kind = next((kind for kind in RICHEST if kind in output.data), None)
    if kind is None:
        return _text(f"an output of type {', '.join(output.data)}")
    shown = "".join(output.data[kind])
    if kind == "image/png":
        return f'<img alt="picture of the cell above" src="data:image/png;base64,{shown.strip()}">'
    if kind == "text/markdown":
        return MarkdownRenderer().to_html(shown)
    return _text(shown) if kind == "text/plain" else shown


def _text(text: str) -> str:
    return f'<pre style="overflow: auto">{escape(unstyle(text))}</pre>'
