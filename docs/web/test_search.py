"""Does the site's search name the right page first? docs/web/searches.toml says which that is."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

TABLE = tomllib.loads(Path(__file__).with_name("searches.toml").read_text(encoding="utf-8"))["search"]


def first_hit(page: Page) -> str:
    """Return the page of the first hit, and the place in it."""
    link = page.locator("ul.search li a").first
    expect(link).to_be_visible(timeout=20_000)
    expect(page.locator("#search-progress, .search-summary").first).to_contain_text("found", timeout=20_000)
    return (link.get_attribute("href") or "").partition("?")[0].replace(".html", "")


@pytest.mark.parametrize("about", TABLE, ids=[row["words"] for row in TABLE])
def test_the_first_hit_is_the_page_that_answers(
    open_page: Callable[..., Page], record_property: Callable[[str, Any], None], about: dict[str, str]
) -> None:
    found = first_hit(open_page(f"search.html?q={quote(about['words'])}"))
    record_property("searches", 1)
    assert (found if "#" in about["page"] else found.partition("#")[0]) == about["page"]


def test_the_box_beside_every_page_searches(page: Page) -> None:
    page.locator(".sidebar-search").fill("GetTaskPhase")
    page.locator(".sidebar-search").press("Enter")
    assert first_hit(page).startswith("plugin/phase")


def test_what_is_nowhere_is_said(open_page: Callable[..., Page]) -> None:
    page = open_page("search.html?q=zzxqyv")
    expect(page.locator("#search-results")).to_contain_text("did not match any documents", timeout=20_000)
