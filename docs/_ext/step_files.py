"""Which files of a step does a page show as a whole? docs/steps.toml says it; each has a copy in the site, to be saved.

``{step-file} PATH`` shows a file that is no page of its own, as it is after its page's step, below its name.
"""

from __future__ import annotations

import functools
from pathlib import Path

from docutils import nodes
from pages import ROOT
from sphinx.application import Sphinx
from sphinx.errors import ConfigError
from sphinx.util.docutils import SphinxDirective

from devkit import slices, walk_page
from devkit.slices import Step, on_the_way

FILES = "files"  # of the site: copies of what pages show


@functools.cache
def tree() -> tuple[list[Step], dict[str, int]]:
    steps, complete = slices.load(ROOT / "docs" / "steps.toml")
    return steps, slices.assign(steps, complete, slices.tracked())


def shown() -> dict[str, tuple[str, bytes]]:
    """Return file -> the page that shows it, and what is in it after the step of that page."""
    steps, owner = tree()
    found = {}
    for number, step in enumerate(on_the_way(steps)):
        files = slices.contents(steps, owner, number)
        for name, page in step.shown.items():
            if page not in step.pages or owner.get(name) != number:
                raise ConfigError(
                    f"docs/steps.toml: step {step.name} shows {name} on {page}; both have to be its own"
                )
            found[name] = page, files[name]
    return found


def raw_link(docname: str, name: str) -> nodes.reference:
    """Return the name of a file that a page shows, as a link to a copy of it."""
    to = walk_page.relative(f"{FILES}/{name}", docname)
    return nodes.reference("", "", nodes.literal("", name), refuri=to, internal=True, classes=["raw-file"])


class StepFileDirective(SphinxDirective):
    """A whole file, below its name."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        page, data = shown().get(name, ("", b""))
        if page != self.env.docname:
            raise self.error(f"docs/steps.toml does not say that {self.env.docname} shows {name}")
        self.env.note_dependency(str(ROOT / name))
        self.env.note_dependency(str(ROOT / "docs/steps.toml"))
        text = data.decode("utf-8")
        block = nodes.literal_block(text, text, language=Path(name).suffix.removeprefix("."))
        line = nodes.paragraph("", "", raw_link(self.env.docname, name), classes=["source-file"])
        return [nodes.container("", line, block, classes=["shown-file"])]


def begin_anew(app: Sphinx) -> None:
    tree.cache_clear()


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the copies into the site, before its links are checked."""
    if error is None and app.builder.name == "html":
        for name, (_, data) in shown().items():
            path = Path(app.outdir) / FILES / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("step-file", StepFileDirective)
    app.connect("builder-inited", begin_anew)
    app.connect("build-finished", write, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
