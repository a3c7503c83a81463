"""Does the site work in a real browser, and would its tests notice if it did not?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page


def test_every_page_of_the_menu_opens_without_errors_or_foreign_requests(page: Page, site: str) -> None:
    hrefs = page.eval_on_selector_all(
        ".sidebar-tree a.reference.internal", "all => all.map(a => a.getAttribute('href'))"
    )
    names = sorted({href.split("#")[0] for href in hrefs if href} - {""})
    assert len(names) > 10, names
    for name in names:
        answer = page.goto(f"{site}/{name}")
        assert answer is not None, name
        assert answer.ok, name
        assert page.locator("h1").count() == 1, name


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_the_site_follows_the_readers_light_or_dark(
    open_page: Callable[..., Page], scheme: str, dark: bool
) -> None:
    page = open_page("your-operator.html", color_scheme=scheme)
    for part in ("body", ".highlight-diff .highlight", ".highlight-toml .highlight"):
        red = page.locator(part).first.evaluate(
            "each => getComputedStyle(each).backgroundColor.match(/\\d+/)[0]"
        )
        assert (int(red) < 100) is dark, part


def test_a_link_leads_to_its_place_at_once(open_page: Callable[..., Page]) -> None:
    page = open_page("your-operator.html#phases")
    top = page.locator("#phases").evaluate("each => each.getBoundingClientRect().top")
    assert 0 <= top < 100, "else the window rolls, and shows a band of nothing on its way"


def test_what_no_page_may_do_is_noticed(page: Page, wrong: list[str]) -> None:
    page.evaluate("() => fetch('http://127.0.0.1:9/x').catch(() => {})")
    page.evaluate(
        "() => { console.error('a mistake'); setTimeout(() => { throw new Error('nobody caught this'); }) }"
    )
    page.wait_for_timeout(100)
    seen, wrong[:] = "; ".join(wrong), []
    for part in ("asks http://127.0.0.1:9/x", "console: a mistake", "uncaught: nobody caught this"):
        assert part in seen
