"""Can every page be read by everybody: in both schemes, on a desk and a phone, by keyboard, over a slow line?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sitecheck
from playwright.sync_api import Page

from devkit import web_axe
from devkit.toolchain import ROOT

PICTURES = ROOT / "build" / "web"
Open = Callable[..., Page]
Record = Callable[[str, Any], None]
SCHEMES, WIDTHS = ("light", "dark"), (1280, 400)
PHONE = {"width": 400, "height": 800}
# The theme makes what is wider than the window scroll inside of the article, with all of its text.
CUT_OFF = """() => [...document.querySelectorAll(".content *")].filter(each => {
  const box = each.getBoundingClientRect();
  if (box.width < 2 || box.right <= innerWidth + 1) return false;
  for (let at = each.parentElement; at && at.tagName !== "ARTICLE"; at = at.parentElement)
    if (["auto", "scroll"].includes(getComputedStyle(at).overflowX)) return false;
  return !each.closest("svg, .visually-hidden");
}).map(each => each.outerHTML.slice(0, 100))"""


def test_axe_finds_nothing_serious(each_page: str, open_page: Open, record_property: Record) -> None:
    """A picture of each view is kept in build/web."""
    page, found = open_page(each_page), []
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found += [f"{scheme}, {width} px: {each}" for each in web_axe.serious(page)]
            name = Path(each_page).with_suffix("").as_posix().replace("/", "-")
            page.screenshot(path=PICTURES / f"{name}-{scheme}-{width}.png")
    record_property("axe_pages", 1)
    record_property("axe_views", len(WIDTHS) * len(SCHEMES))
    record_property("axe_serious", len(found))
    assert not found, "\n".join(found)


def test_a_page_with_all_that_it_loads_is_small(
    each_page: str, new_page: Open, site: str, record_property: Record
) -> None:
    """As it comes over the wire to a browser that has seen no other page, headers included; nothing is compressed."""
    page = new_page()
    loaded: list[Any] = []
    page.on("requestfinished", lambda request: loaded.append(request))
    page.goto(f"{site}/{each_page}", wait_until="networkidle")
    sizes = [each.sizes() for each in loaded]
    size = sum(each["responseBodySize"] + each["responseHeadersSize"] for each in sizes)
    name = each_page.removesuffix(".html")
    record_property("search_page_kib" if name == "search" else "max_page_kib", (size / 1024, name))
    assert len(loaded) > 2, "a page loads a style sheet and scripts"
    assert size <= sitecheck.MOST_OF.get(name, sitecheck.MOST), [
        (each.url, each.sizes()["responseBodySize"]) for each in loaded
    ]


def test_on_a_phone_nothing_is_cut_off(each_page: str, open_page: Open) -> None:
    page = open_page(each_page, viewport=PHONE)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize(
    ("planted", "rule"),
    [
        ("<img src='_static/icon.svg'>", "image-alt"),
        ("<p style='color: #aaa; background: #fff'>Nobody reads this.</p>", "color-contrast"),
        ("<button></button>", "button-name"),
    ],
)
def test_axe_notices_what_is_planted(open_page: Open, planted: str, rule: str) -> None:
    page = open_page("start.html")
    assert web_axe.serious(page) == []
    page.evaluate("html => document.querySelector('article').insertAdjacentHTML('beforeend', html)", planted)
    assert [each.split()[0] for each in web_axe.serious(page)] == [rule]


@pytest.mark.parametrize(("style", "cut"), [("width: 999px", 1), ("width: 999px; overflow-x: auto", 0)])
def test_what_is_cut_off_is_noticed(open_page: Open, style: str, cut: int) -> None:
    """And what the reader can move is not cut off."""
    page = open_page("start.html", viewport=PHONE)
    planted = f"<div style='{style}; max-width: 999px'><p style='width: 999px'>x"
    if not cut:
        planted = planted.replace("999px; overflow", "99px; overflow", 1)
    page.evaluate("html => document.querySelector('article').insertAdjacentHTML('beforeend', html)", planted)
    assert bool(page.evaluate(CUT_OFF)) is bool(cut)
