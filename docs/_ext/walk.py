"""Where am I in the core walk, and what does this page promise? docs/walk.toml, shown below the title of each page.

The map has the nine stations, with a link to each. The box says what the reader has and gets, how long it takes, what
is to be seen, and what to do otherwise. A walk with more words of prose than docs/walk.toml allows is a warning.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from html import escape
from pathlib import Path

import parsed
from docutils import nodes
from pages import ROOT
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.errors import ConfigError
from sphinx.util import logging

from devkit import walk_page

LOG = logging.getLogger(__name__)
WALK = ROOT / "docs" / "walk.toml"
# What each page has to say, and how the box calls it.
FIELDS = {
    "have": "You have",
    "get": "At the end",
    "time": "It takes",
    "see": "You should see",
    "otherwise": "If not",
}
WORDS_A_MINUTE, LINES_A_MINUTE, SEEN_A_MINUTE = 150, 30, 120  # of prose, of code, and of output
MARKUP = re.compile(r"`([^`]+)`|\*([^*]+)\*|\[([^\]]*)\]\(([^)#]*)(#[^)]*)?\)")


@dataclass(frozen=True)
class Station:
    """One of the stops of the walk: a name on the map, and what each of its pages promises, in the order of reading."""

    name: str
    pages: dict[str, dict[str, str]]


def load(path: Path = WALK) -> list[Station]:
    """Return the stations in order; raises ConfigError for a page that does not say all of FIELDS, or more."""
    found = []
    for raw in tomllib.loads(path.read_text(encoding="utf-8"))["station"]:
        pages = {}
        for about in raw["page"]:
            name = about.pop("name", "?")
            if wrong := sorted(FIELDS.keys() ^ {key for key, text in about.items() if text.strip()}):
                raise ConfigError(
                    f"{path.name}: {name}: wants {', '.join(FIELDS)}, each once; look at {wrong[0]}"
                )
            pages[name] = about
        found.append(Station(raw["name"], pages))
    return found


def inline(text: str, docname: str) -> list[nodes.Node]:
    """Return a text of docs/walk.toml for a page: code, emphasis, and links to pages and places."""
    found: list[nodes.Node] = []
    end = 0
    for part in MARKUP.finditer(text):
        found.append(nodes.Text(text[end : part.start()]))
        code, strong, label, page, place = part.groups()
        if code or strong:
            found.append(nodes.literal("", code) if code else nodes.emphasis("", strong))
        else:
            found.append(link(docname, label, page, place or ""))
        end = part.end()
    return [*found, nodes.Text(text[end:])]


def link(docname: str, label: str, page: str, place: str) -> nodes.Node:
    """Return a link to a page, by its title where there is no label, or to a place on this or another page."""
    if place:
        words = label or place[1:].replace("-", " ").capitalize()
        to = walk_page.relative(f"{page}.html", docname) + place if page else place
        return nodes.reference("", words, refuri=to, internal=True)
    about = {
        "refdomain": "std",
        "reftype": "doc",
        "reftarget": f"/{page}",
        "refdoc": docname,
        "refwarn": True,
    }
    return addnodes.pending_xref("", nodes.inline("", label), refexplicit=bool(label), **about)


def minutes(doctree: nodes.document) -> int:
    """Return how long it takes to read a page, counted in its words and in its lines of code and output."""
    lines = 0.0
    for block in doctree.findall(nodes.literal_block):
        speed = SEEN_A_MINUTE if block.get("language") == "console" else LINES_A_MINUTE
        lines += (block.astext().count("\n") + 1) / speed
    texts = (one for one in doctree.findall(nodes.Text) if not isinstance(one.parent, nodes.literal_block))
    words = sum(len(text.split()) for text in texts)
    return max(1, round(words / WORDS_A_MINUTE + lines))


def box(about: dict[str, str], docname: str, read: int) -> nodes.container:
    rows = nodes.field_list()
    for key, name in FIELDS.items():
        text = about[key]
        if key == "time":
            text = f"About {read} minute{'s' if read > 1 else ''} to read. {text}"
        words = nodes.paragraph("", "", *inline(text, docname))
        rows += nodes.field("", nodes.field_name("", name), nodes.field_body("", words))
    return nodes.container("", rows, classes=["station"])


def promise(app: Sphinx, doctree: nodes.document) -> None:
    """Put the box of a page below its title."""
    docname = app.env.docname
    app.env.note_dependency(str(WALK))
    about = next((station.pages[docname] for station in load() if docname in station.pages), None)
    title = next(iter(doctree.findall(nodes.title)), None)
    if about and title is not None:
        title.parent.insert(title.parent.index(title) + 1, box(about, docname, minutes(doctree)))


def chart(docname: str, stations: list[Station]) -> str:
    """Return the map for a page, as HTML; nothing for a page that is not of the walk."""
    here = next((number for number, one in enumerate(stations) if docname in one.pages), None)
    if here is None:
        return ""
    items = ""
    for number, station in enumerate(stations):
        first = next(iter(station.pages))
        to = "" if first == docname else walk_page.relative(f"{first}.html", docname)
        current = ' aria-current="step"' if number == here else ""
        words = f"<span>{number + 1}</span> {escape(station.name)}"
        items += f'<li{current}><a href="{to or "#"}">{words}</a></li>'
    return f'<nav class="walk-map" aria-label="Where you are in the walk"><ol>{items}</ol></nav>'


def draw(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    if "body" in context and (drawn := chart(page, load())):
        context["body"] = context["body"].replace("</h1>", f"</h1>\n{drawn}", 1)


def count(app: Sphinx, error: Exception | None) -> None:
    """Warn when the walk has grown too long, or when previous and next lead another way than the map."""
    if error is not None or app.builder.name != "html":
        return
    site, kept = Path(app.outdir), parsed.Kept(Path(app.doctreedir) / "walk.pickle")
    wanted = [page for station in load() for page in station.pages]
    if (order := walk_page.order(site)) != wanted:
        wrong = next(pair for pair in zip([*order, ""], [*wanted, ""], strict=False) if pair[0] != pair[1])
        LOG.warning("docs/walk.toml has %r where the button called Next leads to %r", wrong[1], wrong[0])
    words = sum(kept.get("words", site / f"{page}.html", walk_page.words) for page in wanted)
    kept.save()
    most = tomllib.loads(WALK.read_text(encoding="utf-8"))["words"]
    LOG.info("the core walk has %d words of prose, of at most %d", words, most)
    if words > most:
        LOG.warning("the core walk has %d words of prose, and docs/walk.toml allows %d", words, most)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect(
        "doctree-read", promise, priority=400
    )  # before pages, whose line then stands between title and box
    app.connect("html-page-context", draw)
    app.connect("build-finished", count, priority=700)
    app.add_css_file("walk.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
