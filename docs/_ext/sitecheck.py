"""Is the built site what it promises? Runs after every build; a breach is a warning, so `make docs` fails.

Copied code is the source, byte for byte; no page asks another host for anything; links inside the site lead somewhere,
and say where; a page with all that it loads stays small.
"""

from __future__ import annotations

import functools
import os.path
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import parsed
from pages import ROOT, source_of
from sphinx.application import Sphinx
from sphinx.util import logging

LOG = logging.getLogger(__name__)
MOST = 260 * 1024  # bytes of a page, its style sheets, scripts and images
MOST_OF = {"search": 400 * 1024}  # which loads the words of all pages, only when somebody searches
LOADS = {
    "script": "src",
    "img": "src",
    "link": "href",
    "iframe": "src",
    "source": "src",
    "object": "data",
    "use": "href",
}
NOT_LOADED = {
    "next",
    "prev",
    "index",
    "search",
    "canonical",
    "author",
    "genindex",
}  # rel of <link> that names a page
IMPORT = re.compile(r"""@import\s+(?:url\()?["']?([^"')]+)""")  # of one style sheet by another
PREFIX = {".go": "//", ".proto": "//"}  # what a line of prose begins with


@dataclass
class Page(HTMLParser):
    """What a page loads, where it links to, which ids it has, and the code blocks that can be copied from it."""

    loads: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    blocks: list[str] = field(default_factory=list)
    silent: list[str] = field(
        default_factory=list
    )  # links that show nothing, and have no name for a screen reader
    link: str | None = None  # the address of the link that is open, as long as it has shown nothing
    in_pre: bool = False
    at_end: bool = False  # in the box of along.py, whose blocks are not of the page's file

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attrs}
        if "id" in about:
            self.ids.add(about["id"])
        if tag in LOADS and about.get(LOADS[tag]) and not set(about.get("rel", "").split()) & NOT_LOADED:
            self.loads.append(about[LOADS[tag]])
        if tag == "a" and "href" in about:
            self.links.append(about["href"])
            self.link = None if about.get("aria-label") else about["href"]
        if tag == "svg" or about.get("alt"):
            self.link = None
        self.at_end = self.at_end or "along" in about.get("class", "").split()
        if tag == "pre" and not self.at_end:
            self.in_pre = True
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        self.in_pre = self.in_pre and tag != "pre"
        if tag == "a" and self.link is not None:
            self.silent.append(self.link)
            self.link = None

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.link = None
        if self.in_pre:
            self.blocks[-1] += data


def parse(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def copied_code(page: Page, source: str, prose: str) -> Iterator[str]:
    """Yield breaches: a block that is not in the source, or a line of source that is in no block and is not prose."""
    place = 0
    left = ""
    for block in page.blocks:
        found = source.find(block.strip("\n"), place)
        if found < 0:
            yield f"a code block is not in the source, byte for byte: {block.strip()[:60]!r}"
            return
        left += source[place:found]
        place = found + len(block.strip("\n"))
    for line in (left + source[place:]).split("\n"):
        if line.strip() and not line.startswith(prose):
            yield f"a line of the source is not on the page: {line!r}"


def foreign(page: Page) -> Iterator[str]:
    for address in page.loads:
        if urlsplit(address).scheme not in ("", "data") or address.startswith("//"):
            yield f"loads {address} from another host"


def dead_links(path: Path, page: Page, site: Path, pages: dict[Path, Page]) -> Iterator[str]:
    for address in page.links:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        target = beside(path, parts.path) if parts.path else path
        if site not in target.parents or not there(target):
            yield f"links to {address}, which is not there"
        elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
            yield f"links to {address}: that page has no such place"


def silent_links(page: Page) -> Iterator[str]:
    """Yield the links that nobody can see, such as the menu's, when the titles of the pages were not known."""
    for address in dict.fromkeys(page.silent):
        yield f"links to {address or 'itself'} without a word: give the page a title, or the link a text"


def weight(path: Path, page: Page) -> int:
    """Return the bytes of a page and of the local files that it loads. A picture in a data: URL is part of the page."""
    local = [address for address in page.loads if not address.startswith("data:")]
    files = {path, *(beside(path, urlsplit(address).path) for address in local)}
    files |= {beside(file, name) for file in files if file.suffix == ".css" for name in imported(file)}
    return sum(file.stat().st_size for file in files if file.is_file())


def beside(path: Path, address: str) -> Path:
    """Return the file that a relative address in another names."""
    return Path(os.path.normpath(path.parent / unquote(address)))


@functools.cache
def there(path: Path) -> bool:
    return path.exists()


@functools.cache
def imported(path: Path) -> list[str]:
    """Return the style sheets that one loads."""
    return IMPORT.findall(path.read_text(encoding="utf-8")) if path.is_file() else []


def breaches(
    site: Path, galleries: dict[str, list[str]], look: Callable[[Path], Page] = parse
) -> Iterator[tuple[str, str]]:
    """Yield (page, sentence) for each broken promise of the built site."""
    site = site.resolve()
    there.cache_clear()
    imported.cache_clear()
    pages = {path: look(path) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        name = path.relative_to(site).with_suffix("").as_posix()
        source = source_of(galleries, name)
        found = [*foreign(page), *silent_links(page), *dead_links(path, page, site, pages)]
        if source and (prose := PREFIX.get(Path(source).suffix)):
            found += copied_code(page, (ROOT / source).read_text(encoding="utf-8"), prose)
        if (size := weight(path, page)) > (most := MOST_OF.get(name, MOST)):
            found.append(f"weighs {size} bytes with what it loads, and a page has at most {most}")
        yield from ((name, sentence) for sentence in found)


def after_build(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.name == "html":
        kept = parsed.Kept(Path(app.doctreedir) / "parsed.pickle")
        look = functools.partial(kept.get, "sitecheck", find=parse)
        for name, sentence in breaches(Path(app.outdir), app.config.gallery_pages, look):
            LOG.warning("%s: %s", name, sentence)
        kept.save()


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", after_build)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
