"""Is a browser found by any of its names, and is a machine without one told what to do?"""

from __future__ import annotations

from pathlib import Path

import pytest

from devkit import browser, toolchain


@pytest.mark.parametrize("name", browser.NAMES)
def test_any_of_the_names_will_do(monkeypatch, tmp_path: Path, name: str) -> None:
    program = tmp_path / name
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.command() == str(program)


def test_without_a_browser_the_message_says_what_to_install(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(toolchain.ToolchainError, match=r"no browser on PATH \(chromium, .*install Chromium"):
        browser.command()
