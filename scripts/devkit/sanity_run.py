"""How is connector-sanity run as a child, so that it can delete and end all of its own when this is stopped?"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from devkit import process
from devkit.toolchain import ROOT

PATIENCE = 60.0  # seconds that it has to clean up


def run(command: Sequence[str], log: Path | None = None) -> int:
    """Run a command, with all that it prints in `log` or on the terminal, and return its exit code."""
    with (log or Path("/dev/null")).open("wb") as file:
        child = subprocess.Popen(
            list(command), cwd=ROOT, stdout=file if log else None, stderr=subprocess.STDOUT if log else None
        )
        try:
            return child.wait()
        except BaseException:
            with process.uninterrupted():
                child.terminate()
                try:
                    child.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    child.kill()
            raise
