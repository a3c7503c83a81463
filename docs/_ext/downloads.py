"""What can a reader take away? The archive of each step (devkit.archives), written into the site when it is built.

``{downloads}`` is the table of all of them. Each page that docs/steps.toml names for a step ends with a line that
offers the tree as it is there; pages of the core walk have a box instead (along.py). Relative links, so they work from
a folder, too.
"""

from __future__ import annotations

import functools
import posixpath
from pathlib import Path

import again
from docutils import nodes
from measured import table
from pages import ROOT
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from devkit import archives, slices
from devkit.slices import Step

LOG = logging.getLogger(__name__)
FOLDER = "downloads"  # of the site
KEPT = "downloads.txt"  # in the folder of the doctrees: what the archives in the site were made from


def all_steps() -> list[Step]:
    return slices.load(ROOT / "docs" / "steps.toml")[0]


@functools.cache
def packed() -> list[tuple[Step, bytes]]:
    """Return each step with its archive, made from the tree as it is."""
    steps, complete = slices.load(ROOT / "docs" / "steps.toml")
    owner = slices.assign(steps, complete, slices.tracked())
    return [(step, archives.pack(steps, owner, index)) for index, step in enumerate(steps)]


def size(data: bytes) -> str:
    return f"{len(data) / 1000:.0f} kB"


def link(docname: str, step: Step) -> nodes.reference:
    """Return a link from a page to the archive of a step, by the archive's name."""
    name = archives.file_name(step)
    to = posixpath.relpath(f"{FOLDER}/{name}", posixpath.dirname(docname) or ".")
    return nodes.reference("", "", nodes.literal("", name), refuri=to, internal=True)


class DownloadsDirective(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        remember(self.env)
        rows = []
        for number, (step, data) in enumerate(packed(), 1):
            about = f"{len(archives.unpack(data))} files, {size(data)}"
            to = link(self.env.docname, step)
            cells = [nodes.Text(f"{number}"), nodes.Text(step.title), to, nodes.Text(about)]
            rows.append([[cell] for cell in cells])
        return [table(["Step", "What it adds", "The archive", "Its size"], rows, widths=(8, 42, 28, 22))]


def offer(app: Sphinx, doctree: nodes.document) -> None:
    """Say at the end of a step's page where its tree can be had."""
    docname = app.env.docname
    steps = all_steps()
    walk = slices.on_the_way(steps)
    if not any(docname in step.pages and step not in walk for step in steps):
        return
    for step, data in packed():
        if docname in step.pages and step not in walk:
            line = nodes.paragraph("", "The code as it is after this step: ", classes=["source-file", "take"])
            line += [link(docname, step), nodes.Text(f" ({size(data)}). Its README says how to test it. ")]
            to = posixpath.relpath("downloads.html", posixpath.dirname(docname) or ".")
            line += [nodes.reference("", "All steps", refuri=to, internal=True), nodes.Text(".")]
            (next(iter(doctree.findall(nodes.section)), doctree)).append(line)
            remember(app.env)


@functools.cache
def inputs() -> str:
    """Return the hash of what the archives, and the boxes of along.py, are made from."""
    steps, complete = slices.load(ROOT / "docs" / "steps.toml")
    return slices.fingerprint(slices.assign(steps, complete, slices.tracked())) + archives.constraints()


def remember(env: BuildEnvironment) -> None:
    """Have the page that is being read read again when the tree of the steps has changed."""
    again.remember(env, "downloads", "", inputs())


def begin_anew(app: Sphinx) -> None:
    packed.cache_clear()
    inputs.cache_clear()


def faults(site: Path) -> list[str]:
    """Return what is wrong with the archives that stand in a built site: each holds its slice, byte for byte."""
    steps, complete = slices.load(ROOT / "docs" / "steps.toml")
    owner = slices.assign(steps, complete, slices.tracked())
    found = []
    for index, step in enumerate(steps):
        have = archives.unpack((site / FOLDER / archives.file_name(step)).read_bytes())
        want = slices.contents(steps, owner, index)
        wrong = [name for name in have.keys() | want.keys() if have.get(name) != want.get(name)]
        if extra := sorted(set(wrong) - {"README.md", "constraints.txt", *archives.ADDED}):
            found.append(f"{archives.file_name(step)}: {extra[0]} is not as in the slice of the step")
    return found


def write(app: Sphinx, error: Exception | None) -> None:
    """Have the archives in the site, and nothing else in them; before the site's links are checked."""
    if error is not None or app.builder.name != "html":
        return
    for step in all_steps():
        for page in step.pages:
            if page not in app.env.found_docs:
                LOG.warning("docs/steps.toml: step %s names the page %s, which is not there", step.name, page)
    site, kept, now = Path(app.outdir), Path(app.doctreedir) / KEPT, inputs()
    places = {step.name: site / FOLDER / archives.file_name(step) for step in all_steps()}
    if kept.exists() and kept.read_text(encoding="utf-8") == now and all(map(Path.exists, places.values())):
        return
    (site / FOLDER).mkdir(exist_ok=True)
    for step, data in packed():
        places[step.name].write_bytes(data)
    found = faults(site)
    for fault in found:
        LOG.warning("%s", fault)
    if not found:
        kept.write_text(now, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("downloads", DownloadsDirective)
    app.connect("doctree-read", offer)
    app.connect("builder-inited", begin_anew)
    again.watch(app, "downloads", lambda _: inputs())
    app.connect("build-finished", write, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
