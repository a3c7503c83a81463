"""Do pages show files without the marks of a template's parts, and otherwise as they are?"""

from __future__ import annotations

from pathlib import Path

import pytest
import regions
from docutils import nodes
from docutils.utils import new_document

ROOT = Path(__file__).resolve().parents[2]
OVERLAY = ROOT / "kustomize/overlays/production/kustomization.yaml"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a: 1\n  # part:spark begin\n  b: 2\n  # part:spark end\nc: 3\n", "a: 1\n  b: 2\nc: 3\n"),
        ("// part:job begin\nvar x int\n// part:job end", "var x int\n"),
        ("<!-- part:docs begin -->\ntext\n<!-- part:docs end -->\n", "text\n"),
        ("x = 1  # part:spark begin\n", "x = 1  # part:spark begin\n"),
        ("# part:spark is a word\n", "# part:spark is a word\n"),
    ],
)
def test_a_line_that_marks_a_part_is_left_out_and_no_other(text: str, shown: str):
    assert regions.unmarked(text) == shown


def test_a_file_on_a_page_keeps_its_colours():
    """Sphinx colours a block whose text is its source, and takes any other for text with markup."""
    text = OVERLAY.read_text(encoding="utf-8")
    assert "part:spark begin" in text, "the file has no mark any more: show another one"
    page = new_document("page")
    page += nodes.literal_block(text, text)
    regions.leave_out(None, page)
    [block] = page.children
    assert "part:" not in block.astext()
    assert block.rawsource == block.astext()
    assert len(block.astext().splitlines()) == len(text.splitlines()) - 2
