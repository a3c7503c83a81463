"""Does everything open that pages offer to take away: archives, and files as they are?"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import sitecheck
from playwright.sync_api import Page

from devkit.toolchain import ROOT

SITE = ROOT / "build" / "site"


def offered() -> dict[str, str]:
    """Return what pages link to and is no page: its path in the site, and a page that offers it."""
    found: dict[str, str] = {}
    for path in sorted(SITE.rglob("*.html")):
        name = path.relative_to(SITE).as_posix()
        for address in sitecheck.parse(path).links:
            parts = urlsplit(urljoin(name, address))
            if not parts.scheme and parts.path and not parts.path.endswith(".html"):
                found.setdefault(unquote(parts.path), name)
    return found


def test_everything_that_is_offered_opens(
    page: Page, site: str, record_property: Callable[[str, Any], None]
) -> None:
    found = offered()
    for path, where in found.items():
        answer = page.request.get(f"{site}/{path}")
        assert answer.ok, f"{where} offers {path}"
        data = answer.body()
        if PurePosixPath(path).suffix == ".zip":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                assert archive.testzip() is None, path
                assert archive.namelist(), path
        else:
            assert data, path
    record_property("downloads", len(found))
    assert sum(path.endswith(".zip") for path in found) > 5


def test_a_click_saves_an_archive(open_page: Callable[..., Page]) -> None:
    page = open_page("downloads.html", accept_downloads=True)
    with page.expect_download() as started:
        page.locator("a[href$='.zip']").first.click()
    assert zipfile.is_zipfile(started.value.path())
