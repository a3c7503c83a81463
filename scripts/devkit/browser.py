"""Which browser do the tests of the site use? One that is on PATH: nothing here downloads a browser."""

from __future__ import annotations

import shutil

from devkit.toolchain import ToolchainError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def command() -> str:
    """Return the path of a Chromium; raises ToolchainError when PATH has none."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise ToolchainError(
        f"no browser on PATH ({', '.join(NAMES)}): install Chromium (on Debian and Ubuntu: apt install chromium)"
    )
