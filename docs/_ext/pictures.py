"""When was a picture of a run made, and of which? ``{pictured} NAME`` says so below it.

It is read in docs/records/pictures.json. A picture that is not the one that the record speaks of does not build.
"""

from __future__ import annotations

import again
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from devkit import demo_pictures, freshness


def now(name: str) -> str:
    """Return the fingerprint of the files that a picture depends on, as they are."""
    return freshness.fingerprint(demo_pictures.PICTURES[name].inputs)


class PicturedDirective(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        for file in (demo_pictures.RECORD, demo_pictures.SHOWN / name):
            self.env.note_dependency(str(file))
        try:
            found, today = demo_pictures.about(name), now(name)
        except (OSError, KeyError, ValueError) as error:
            raise self.error(f"pictured {name!r}: {error}") from error
        again.remember(self.env, "pictured", name, today)
        made, command, rest = demo_pictures.note(found, today)
        parts = (nodes.Text(made), nodes.literal("", command), nodes.Text(rest))
        return [nodes.paragraph("", "", *parts, classes=["command-note"])]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("pictured", PicturedDirective)
    again.watch(app, "pictured", now)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
