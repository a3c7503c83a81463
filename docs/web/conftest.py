"""What do the tests in a browser share? The built site on a port of this machine, and pages that hide no mistake."""

from __future__ import annotations

import functools
import http.server
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from devkit import browser as browsers

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs" / "_ext"))
SITE = ROOT / "build" / "site"
DESK = ViewportSize(width=1280, height=900)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Call a test that takes `each_page` with every page of the built site; with one that fails, when there is none."""
    if "each_page" in metafunc.fixturenames:
        pages = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
        metafunc.parametrize("each_page", pages or ["index.html"])


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, without a line for each on stderr."""

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of the built site, without a slash at the end."""
    if not (SITE / "index.html").exists():
        pytest.fail("build/site is missing: run `make web`, which builds the site first", pytrace=False)
    handler = functools.partial(Quiet, directory=str(SITE))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real browser. It may run as root, as tests in containers do, and then has no sandbox."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browsers.command(), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def wrong(record_property: Callable[[str, Any], None]) -> Iterator[list[str]]:
    """What pages did that none may do; a test fails if something is left in it."""
    found: list[str] = []
    yield found
    record_property("foreign_requests", sum(each.startswith("asks ") for each in found))
    assert not found, "\n".join(found)


@pytest.fixture
def new_page(browser: Browser, site: str, wrong: list[str]) -> Iterator[Callable[..., Page]]:
    """Return a function that gives an empty page of a browser that has seen nothing yet, with options of a context.

    The test fails if a page asks another host for anything, or if anything is an error on its console.
    """
    contexts = []

    def made(**options: object) -> Page:
        context = browser.new_context(**{"viewport": DESK, **options})  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda asked: note(wrong, is_foreign(asked.url, site), f"asks {asked.url}"))
        page.on(
            "console",
            lambda said: note(wrong, said.type == "error", f"console: {said.text} ({said.location['url']})"),
        )
        page.on("pageerror", lambda error: note(wrong, True, f"uncaught: {error}"))
        return page

    yield made
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(new_page: Callable[..., Page], site: str) -> Callable[..., Page]:
    """Return a function that opens a page of the site by its path, with options of a browser context."""

    def opened(path: str, **options: object) -> Page:
        page = new_page(**options)
        page.goto(f"{site}/{path}")
        return page

    return opened


def is_foreign(url: str, site: str) -> bool:
    """Return whether a request leaves the site."""
    return urlsplit(url).scheme not in ("data", "blob", "about", "file") and not url.startswith(f"{site}/")


def note(wrong: list[str], it_is: bool, what: str) -> None:
    if it_is:
        wrong.append(what)


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page of the site, at its index; `page.goto(f"{site}/x.html")` leads on."""
    return open_page("index.html")
