"""Does each picture of a run stand on a page with the note that says when it was made?"""

from __future__ import annotations

from pathlib import Path

import pictures
import pytest

from devkit import demo_pictures

DOCS = Path(pictures.__file__).resolve().parents[1]


@pytest.mark.parametrize("name", demo_pictures.PICTURES)
def test_a_page_that_shows_a_picture_says_when_it_was_made(name: str) -> None:
    texts = [page.read_text(encoding="utf-8") for page in DOCS.rglob("*.md")]
    showing = [text for text in texts if f"_static/{name}" in text]
    assert showing
    assert all(f"{{pictured}} {name}\n" in text for text in showing)


def test_what_a_picture_depends_on_is_found_out_for_pictures_only() -> None:
    assert all(len(pictures.now(name)) == 16 for name in demo_pictures.PICTURES)
    with pytest.raises(KeyError):
        pictures.now("other.png")
