"""Which pages did the last build warn about? They are read again, so that a warning stays until its reason has gone.

Sphinx alone reads only what has changed, and a second build of a wrong page would be a good one.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.logging import NAMESPACE

KEPT = "warned.json"  # in the folder of the doctrees


class Listener(logging.Handler):
    """Takes note of the places of warnings."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.places: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        if place := text(getattr(record, "location", None)):
            self.places.add(place)


def text(location: Any) -> str:
    """Return the page or the path of what Sphinx has for a place: a node, a pair with a line, or a text."""
    if isinstance(location, nodes.Node):
        location = location.source or ""
    if isinstance(location, tuple):
        location = location[0]
    return str(location or "").partition(":")[0]


def page(env: BuildEnvironment, place: str) -> str | None:
    """Return the page that a place is in, or None."""
    return place if place in env.found_docs else env.path2doc(place)


LISTENER = Listener()


def last_time(app: Sphinx, env: BuildEnvironment, *_: object) -> list[str]:
    path = Path(app.doctreedir) / KEPT
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return [name for name in found if name in env.found_docs]


def keep(app: Sphinx, error: Exception | None) -> None:
    pages = {page(app.env, place) for place in LISTENER.places}
    LISTENER.places.clear()
    Path(app.doctreedir, KEPT).write_text(json.dumps(sorted(filter(None, pages))), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    logging.getLogger(NAMESPACE).addHandler(LISTENER)
    app.connect("env-get-outdated", last_time)
    app.connect("build-finished", keep, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
