"""Can one read with the keyboard alone, on paper, from a folder, and in tabs?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "build" / "site"
Open = Callable[..., Page]
FOCUSED = """() => { const at = document.activeElement, style = getComputedStyle(at);
  const seen = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  return {name: [at.tagName, at.className, at.type ?? ""].join(" ").toLowerCase(), seen}; }"""
REACHED = ("skip-to-content", "sidebar-search", "reference internal", "theme-toggle", "copybtn", "next-page")
# Lines of code that end beyond their block's edge, and so are not on the paper.
CUT = """() => [...document.querySelectorAll("article pre")].filter(
  each => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1
).map(each => each.textContent.slice(0, 60))"""


def test_the_keyboard_reaches_everything_and_one_sees_where_it_is(open_page: Open) -> None:
    page = open_page("start.html")
    names, unseen = [], []
    for _ in range(400):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        names.append(at["name"])
        if not at["seen"]:
            unseen.append(at["name"])
        if "next-page" in at["name"]:
            break
    assert "skip-to-content" in names[0], "the first key leads past the menu"
    assert [part for part in REACHED if not any(part in name for name in names)] == []
    assert unseen == []


def test_the_first_link_leads_past_the_menu(open_page: Open) -> None:
    page = open_page("start.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('article, .content') !== null")


@pytest.mark.parametrize("name", ["start", "plugin/build", "troubleshoot", "spec/job"])
def test_on_paper_there_is_the_text_and_no_line_is_cut_off(open_page: Open, name: str) -> None:
    page = open_page(f"{name}.html", viewport={"width": 720, "height": 1000})
    page.emulate_media(media="print")
    for part in (".sidebar-drawer", ".toc-drawer", ".copybtn", ".related-pages", ".theme-toggle-container"):
        for each in page.locator(part).all():
            expect(each).to_be_hidden()
    expect(page.locator("article h1")).to_be_visible()
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("name", ["index", "start", "plugin/build", "decide", "console"])
def test_pages_open_from_a_folder(new_page: Open, name: str) -> None:
    page = new_page()
    page.goto((SITE / f"{name}.html").as_uri())
    expect(page.locator("article h1")).to_be_visible()
    page.locator("a.next-page, .sidebar-tree a.reference.internal").last.click()
    expect(page.locator("article h1")).to_be_visible()


def test_the_search_finds_titles_from_a_folder(new_page: Open) -> None:
    page = new_page()
    page.goto(f"{(SITE / 'search.html').as_uri()}?q=production")
    link = page.locator("ul.search li a").first
    expect(link).to_be_visible(timeout=20_000)
    link.click()
    expect(page.locator("article h1")).to_be_visible()


@pytest.mark.parametrize("name", ["alternatives", "flyte-config"])
def test_a_tab_shows_its_text_and_hides_the_others(open_page: Open, name: str) -> None:
    page = open_page(f"{name}.html")
    tabs = page.locator(".sd-tab-set").first
    labels, texts = tabs.locator("> label"), tabs.locator("> .sd-tab-content")
    assert labels.count() == texts.count() > 1
    for number in range(labels.count()):
        labels.nth(number).click()
        shown = [texts.nth(each).is_visible() for each in range(texts.count())]
        assert shown == [each == number for each in range(texts.count())]
    tabs.locator("> input").last.focus()
    page.keyboard.press("ArrowLeft")
    expect(texts.nth(labels.count() - 2)).to_be_visible()
