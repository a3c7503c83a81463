"""Does the site's search lead from a message to its place?"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect


@pytest.mark.parametrize(
    ("words", "anchor"),
    [
        ("CorruptedPluginState", "corrupted-plugin-state"),
        ("exceeded quota", "exceeded-quota"),
        ("does not exist any more", "does-not-exist-any-more"),
        ("defaulting to [container]", "defaulting-to-container"),
    ],
)
def test_the_search_leads_from_a_message_to_its_row(
    open_page: Callable[..., Page], words: str, anchor: str
) -> None:
    page = open_page(f"search.html?q={quote(words)}")
    link = page.locator(f"ul.search a[href*='troubleshoot.html'][href$='#{anchor}']").first
    expect(link).to_be_visible(timeout=20_000)
    link.click()
    row = page.locator(f"tr[id='{anchor}']")
    expect(row).to_be_in_viewport()
    assert row.locator("td").count() == 3
