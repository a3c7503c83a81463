"""Which pages are read again though none of their files changed? Those that show what a program found out, if it finds
out something else now.

A directive says what it showed: ``remember(env, "flags", "connector", text)``. An extension says how that is found out
now: ``watch(app, "flags", function)``. What cannot be found out any more is something else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

LOG = logging.getLogger(__name__)


def digest(found: object) -> str:
    return hashlib.sha256(repr(found).encode()).hexdigest()


def remember(env: BuildEnvironment, kind: str, about: str, found: object) -> None:
    """Take note that the page that is being read shows what was `found` out `about` a thing."""
    env.metadata[env.docname].setdefault("again", {})[kind, about] = digest(found)


def outdated(pages: dict[str, Any], kind: str, now: Callable[[str], object]) -> list[str]:
    """Return the pages of which something of a kind is another thing now; `now` is asked once about each thing."""
    asked = {about for page in pages.values() for of, about in page.get("again", {}) if of == kind}
    found: dict[tuple[str, str], str] = {}
    for about in asked:
        try:
            found[kind, about] = digest(now(about))
        except Exception as error:  # whatever it is, the page says it when it is read
            LOG.debug("%s %s: %r", kind, about, error)
    return [
        name
        for name, page in pages.items()
        if any(found.get(key) != was for key, was in page.get("again", {}).items() if key[0] == kind)
    ]


def watch(app: Sphinx, kind: str, now: Callable[[str], object]) -> None:
    """Have pages read again when `now`, given what a page remembers, finds out something else."""

    def changed(app: Sphinx, env: BuildEnvironment, *_: object) -> list[str]:
        return outdated(env.metadata, kind, now)

    app.connect("env-get-outdated", changed)
