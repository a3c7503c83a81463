"""How does a file of the repository become a page?

sphinx-gallery does it, with four shortcomings that this mends: it reads whole folders, it expands tabs (copied Go would
not be the source), it writes a lexer's name with a space, and it adds download links and style sheets that no reader
needs.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]
TAB = "\ue009"  # of the private use area: no source has it, and docutils leaves it alone
NOTE = re.compile(
    r"\.\. only:: html\n\n {4}\.\. note::\n {8}:class: sphx-glr-download-link-note\n.*?\n(?=\S)", re.DOTALL
)
DOWNLOADS = re.compile(r"\n\.\. _sphx_glr_download_.*", re.DOTALL)
WIDE = re.compile(r'<pre(?=[ >])|<div(?= class="table-wrapper[^"]* keeps-first)')


def lay_out(app: Sphinx, config: Config) -> None:
    """Copy the files of each gallery to where sphinx-gallery looks, and remove pages of files that it has no more."""
    docs = Path(app.srcdir)
    for gallery, names in config.gallery_pages.items():
        if not (docs / gallery / "index.md").exists():
            raise ConfigError(
                f"docs/{gallery}/index.md is missing: the gallery {gallery!r} has no first page"
            )
        staged = docs.parent / "build" / "gallery" / gallery
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir(parents=True)
        (staged / "GALLERY_HEADER.rst").write_text("Not shown\n=========\n")
        for name in names:
            if not (ROOT / name).is_file():
                raise ConfigError(f"gallery {gallery!r}: there is no file {name}")
            shutil.copy2(ROOT / name, staged)
        stems = {Path(name).stem for name in names} | {"index"}
        for page in (docs / gallery).glob("*.rst"):
            if page.stem not in stems:
                page.unlink()


def source_of(galleries: dict[str, list[str]], docname: str) -> str | None:
    """Return the file that a page is made of, or None for a page that is only prose."""
    gallery, _, stem = docname.rpartition("/")
    return next((name for name in galleries.get(gallery, []) if Path(name).stem == stem), None)


def clean(text: str) -> str:
    """Return sphinx-gallery's text for docutils: tabs hidden, lexer named, download links cut."""
    text = DOWNLOADS.sub("\n", NOTE.sub("", text))
    return text.replace(".. code-block:: Protocol Buffer", ".. code-block:: protobuf").replace("\t", TAB)


def before_parsing(app: Sphinx, docname: str, text: list[str]) -> None:
    if source_of(app.config.gallery_pages, docname):
        text[0] = clean(text[0])


def after_parsing(app: Sphinx, doctree: nodes.document) -> None:
    """Put the tabs back, and say below the title which file the page is."""
    for block in doctree.findall(nodes.literal_block):
        if TAB in block.astext():
            block.rawsource = block.astext().replace(TAB, "\t")
            block.children = []
            block += nodes.Text(block.rawsource)
    name = source_of(app.config.gallery_pages, app.env.docname)
    title = next(iter(doctree.findall(nodes.title)), None)
    if name and title is not None:
        line = nodes.paragraph("", "This page is the file ", nodes.literal("", name), nodes.Text("."))
        line["classes"].append("source-file")
        title.parent.insert(title.parent.index(title) + 1, line)


def before_writing(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Mend what a keyboard or a screen reader stumbles over, and drop sphinx-gallery's style sheets for thumbnails."""
    if "body" in context:
        # So that the keyboard can scroll wide code and wide tables.
        context["body"] = WIDE.sub(lambda found: f'{found[0]} tabindex="0"', context["body"])
    tree = "furo_navigation_tree"  # its captions are headings of no level
    context[tree] = context.get(tree, "").replace('role="heading">', 'role="heading" aria-level="2">')
    if page == app.config.walk_ends_at or not in_walk(app, page):
        context["next"] = None
    if not in_walk(app, page):
        context["prev"] = None
    useless = (
        r"sg_gallery|sg-tags"  # and on the search page, which loads the index, what is for code and boxes
    )
    useless += "|design|copybutton|clipboard" if page == "search" else ""
    useless += "" if 'class="plot"' in context.get("body", "") else "|plots.css"
    for kind in ("css_files", "script_files"):
        context[kind] = [item for item in context[kind] if not re.search(useless, str(item.filename))]


def in_walk(app: Sphinx, page: str) -> bool:
    """Whether a page is part of what is read from the beginning to the end: the order is that of the toctrees."""
    order = list(app.env.collect_relations())
    return page in order and order.index(page) <= order.index(app.config.walk_ends_at)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_config_value("gallery_pages", {}, "env", dict)
    app.add_config_value("walk_ends_at", "", "html", str)
    app.connect("config-inited", lay_out)
    app.connect("source-read", before_parsing)
    app.connect("doctree-read", after_parsing)
    app.connect("html-page-context", before_writing, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
