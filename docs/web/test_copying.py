"""Is what a reader copies what is shown: Go with its tabs, and commands without their prompts and outputs?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from devkit.toolchain import ROOT

ALLOWED = ["clipboard-read", "clipboard-write"]
# The text of each block that has a button, in order; those in a closed tab or box have none that one can click.
SHOWN = """() => [...document.querySelectorAll("button.copybtn")].filter(each => each.checkVisibility()).map(
  each => document.querySelector(each.dataset.clipboardTarget).textContent)"""
Open = Callable[..., Page]
Record = Callable[[str, Any], None]


def copied(page: Page) -> list[tuple[str, str]]:
    """Return (shown, copied) for each block with a button that can be clicked."""
    buttons = [each for each in page.locator("button.copybtn").all() if each.is_visible()]
    shown = page.evaluate(SHOWN)
    assert len(shown) == len(buttons)
    found = []
    for text, button in zip(shown, buttons, strict=True):
        page.evaluate("() => navigator.clipboard.writeText('nothing was copied')")
        button.click()
        found.append((text, page.evaluate("() => navigator.clipboard.readText()")))
    return found


def wanted(shown: str) -> str:
    """Return what has to be copied: of a transcript the commands, of all else everything."""
    lines = shown.rstrip("\n").split("\n")
    commands = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    return "\n".join(commands or lines)


def test_every_button_copies_what_is_shown(each_page: str, open_page: Open, record_property: Record) -> None:
    """Of pages that are a file, each copied text is in the file, byte for byte."""
    page = open_page(each_page, permissions=ALLOWED)
    pairs = copied(page)
    record_property("copies", len(pairs))
    for shown, text in pairs:
        is_command = shown.startswith("$ ")
        assert (text if is_command else text.rstrip("\n")) == wanted(shown)
    line = page.locator("article p.source-file").first
    if line.count() and line.inner_text().startswith("This page is the file "):
        source = (ROOT / line.locator("code").first.inner_text()).read_text(encoding="utf-8")
        of_the_file = page.locator("article .along, article .sphx-glr-script-out")
        assert pairs or of_the_file.count() == 0
        assert any(text in source for _, text in pairs)


def test_go_is_copied_with_its_tabs(open_page: Open) -> None:
    source = (ROOT / "go/plugins/job/build.go").read_text(encoding="utf-8")
    texts = [text for _, text in copied(open_page("plugin/build.html", permissions=ALLOWED))]
    code = [text for text in texts if "\tfunc" in text or "\n\t" in text]
    assert code
    assert all(text in source for text in code if not text.startswith("---"))


def test_a_command_is_copied_without_prompt_and_output(open_page: Open) -> None:
    pairs = copied(open_page("start.html", permissions=ALLOWED))
    commands = [text for shown, text in pairs if shown.startswith("$ ")]
    assert "make try" in commands
    assert not any(text.startswith("$") or text.endswith("\n") for text in commands)
