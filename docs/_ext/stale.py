"""Have the examples to run again? When anything has changed that they may depend on.

sphinx-gallery runs an example again when its own file has changed; one that imports what has changed would keep showing
what the old code printed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pages import ROOT
from sphinx.application import Sphinx

from devkit import slices

# Below these folders, and what is installed.
INPUTS = (
    "examples/",
    "sdk/flyteconnector/src/",
    "sdk/flytekitplugins-larkspur/src/",
    "requirements/",
    "docs/conf.py",
)
KEPT = "examples.txt"  # in the folder of the doctrees


def inputs() -> str:
    """Return the hash of what examples may depend on."""
    digest = hashlib.sha256()
    for name in sorted(name for name in slices.tracked() if name.startswith(INPUTS)):
        digest.update(name.encode() + b"\0" + (ROOT / name).read_bytes())
    return digest.hexdigest()


def forget(docs: Path, galleries: list[str], everything: bool) -> None:
    """Remove sphinx-gallery's notes of what has run: all, or those of pages that are not there."""
    for note in (note for gallery in galleries for note in (docs / gallery).glob("*.md5")):
        if everything or not note.with_suffix("").with_suffix(".rst").exists():
            note.unlink()


def begin(app: Sphinx) -> None:
    kept = Path(app.doctreedir) / KEPT
    now = inputs()
    same = kept.exists() and kept.read_text(encoding="utf-8") == now
    app.examples_from = now  # type: ignore[attr-defined]
    forget(Path(app.srcdir), list(app.config.gallery_pages), everything=not same)
    kept.unlink(missing_ok=True)  # until this build has come to its end


def end(app: Sphinx, error: Exception | None) -> None:
    if error is None:
        Path(app.doctreedir, KEPT).write_text(app.examples_from, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("builder-inited", begin, priority=400)  # before sphinx-gallery
    app.connect("build-finished", end)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
