"""Does the search find a word that is spelt wrong?"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect


@pytest.mark.parametrize(
    ("typed", "entry"),
    [
        ("flyte propellor", "FlytePropeller"),
        ("TaskTemplete", "TaskTemplate"),
        ("flyte agent", "connector"),
        ("resource meta", "resource_meta"),
    ],
)
def test_a_word_that_is_spelt_wrong_leads_to_its_entry(page: Page, site: str, typed: str, entry: str):
    page.goto(f"{site}/search.html?q={typed.replace(' ', '+')}")
    expect(page.locator(f'#search-results a[href="glossary.html#term-{entry}"]').first).to_be_visible()
