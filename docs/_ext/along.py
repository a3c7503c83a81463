"""How does a reader build the plugin along the walk? By a box at the end of each page of a step, of docs/steps.toml.

It names the files that the page shows as a whole, what changes in earlier files, the archive with what no page shows,
and the commands that build and test the step. `make walk` does all of it.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

import downloads
from docutils import nodes
from pages import source_of
from sphinx.application import Sphinx
from step_files import raw_link, shown, tree

from devkit import archives, toolchain, walk_page
from devkit.slices import on_the_way

BEFORE = ("python3 -m zipfile -e {archive} .", "mv {folder} larkspur", "cd larkspur")  # with the starter
AFTER = ("python3 -m zipfile -e ../{archive} .",)  # with what no page shows


def step_of(page: str) -> int | None:
    """Return the number of the step of the walk that a page belongs to."""
    return next((n for n, step in enumerate(on_the_way(tree()[0])) if page in step.pages), None)


def console(commands: list[str]) -> nodes.container:
    text = "\n".join(f"$ {command}" for command in commands)
    return nodes.container("", nodes.literal_block(text, text, language="console"), classes=["command"])


def sentence(*parts: str | nodes.Node) -> nodes.paragraph:
    return nodes.paragraph("", "", *(nodes.Text(part) if isinstance(part, str) else part for part in parts))


def listed(names: list[str]) -> list[nodes.Node]:
    """Return a list that is closed until the reader wants it; nothing for no names."""
    items = "".join(f"<li><code>{escape(name)}</code></li>" for name in names)
    count = f"{len(names)} file{'s' if len(names) > 1 else ''}"
    text = f"<details><summary>The {count} in it</summary><ul>{items}</ul></details>"
    return [nodes.raw("", text, format="html")] if names else []


def archive_link(docname: str, name: str) -> nodes.reference:
    to = walk_page.relative(f"{downloads.FOLDER}/{name}", docname)
    return nodes.reference("", "", nodes.literal("", name), refuri=to, internal=True, classes=["rest"])


def begin(docname: str) -> list[nodes.Node]:
    """Return how a reader who wants to build along begins: with the starter."""
    steps, _ = tree()
    name = archives.file_name(steps[0])
    unpack = [line.format(archive=name, folder=Path(name).stem) for line in BEFORE]
    return [
        sentence(
            "You can read the walk, or build the plugin along with it, file by file. To build, you need a Go of your "
            f"own, {toolchain.wanted()} or newer. Save ", archive_link(docname, name), " in an empty folder. It is the "
            "starter: the parts that you keep, and no plugin yet. Unpack it there and test it:",
        ),
        console([*unpack, *archives.commands(archives.readme(steps, 0))]),
        sentence("From here on, type everything of these boxes in the folder ", nodes.literal("", "larkspur"), "."),
    ]  # fmt: skip


def take(docname: str, number: int) -> list[nodes.Node]:
    """Return what is left to do on the last page of a step: changes, files that no page shows, tests."""
    steps, owner = tree()
    step, name = steps[number], archives.rest_name(steps[number])
    found: list[nodes.Node] = []
    for file, patch in archives.changes(steps, owner, number).items():
        found.append(sentence("In ", nodes.literal("", file), ", of an earlier step, this changes:"))
        found.append(nodes.literal_block(patch, patch, language="diff"))
        found.append(
            sentence("Lines with ", nodes.literal("", "step:"), " mark what a step adds: they belong to it.")
        )
    found.append(
        sentence(
            "What no page shows (tests, fixtures, generated code) is in ", archive_link(docname, name), ". Save it "
            "beside the folder ", nodes.literal("", "larkspur"), ".",
        )
    )  # fmt: skip
    found += listed(sorted(archives.rest(steps, owner, number)))
    unpack = [line.format(archive=name) for line in AFTER]
    found.append(sentence("Then unpack it, and test the step:"))
    found.append(console([*unpack, *archives.commands(archives.readme(steps, number))]))
    last = downloads.link(docname, step)
    return [*found, sentence("If your tree does not pass, compare it with this one: ", last, ".")]


def box(docname: str, number: int) -> nodes.container:
    """Return the box of a page of a step."""
    steps, _ = tree()
    step, count = steps[number], len(on_the_way(steps))
    found: list[nodes.Node] = [nodes.rubric("", f"Building along: step {number + 1} of {count}")]
    here = [name for name, page in step.shown.items() if page == docname]
    if here:
        found.append(
            sentence("This page adds what follows: type it, or save it from the link at its name, higher up.")
        )
        found.append(
            nodes.bullet_list("", *(nodes.list_item("", sentence(nodes.literal("", one))) for one in here))
        )
    if number == 0:
        found += begin(docname)
    elif docname == step.pages[-1]:
        found += take(docname, number)
    else:
        to = walk_page.relative(f"{step.pages[-1]}.html", docname)
        there = nodes.reference("", "its last page", refuri=to, internal=True)
        found.append(sentence("The tests of this step, and what no page shows, come with ", there, "."))
    return nodes.container("", *found, classes=["along"])


def add(app: Sphinx, doctree: nodes.document) -> None:
    docname = app.env.docname
    if (number := step_of(docname)) is None:
        return
    downloads.remember(app.env)
    section = next(iter(doctree.findall(nodes.section)), doctree)
    section.append(box(docname, number))
    source = source_of(app.config.gallery_pages, docname)
    if source in shown():
        line = next(one for one in doctree.findall(nodes.paragraph) if "source-file" in one["classes"])
        line.children = []
        line += [nodes.Text("This page is the file "), raw_link(docname, source), nodes.Text(".")]


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the archives that the boxes link to into the site, before its links are checked."""
    if error is not None or app.builder.name != "html":
        return
    steps, owner = tree()
    for number, step in enumerate(on_the_way(steps)[1:], 1):
        path = Path(app.outdir) / downloads.FOLDER / archives.rest_name(step)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(archives.zipped(archives.rest(steps, owner, number)))


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", add, priority=600)  # after pages, which names the file
    app.connect("build-finished", write, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
