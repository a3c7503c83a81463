"""What does `make TARGET` print, for a reader who types it?"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from devkit import records
from devkit.toolchain import ROOT

# What a make around these tests, or a user's terminal, would change.
NOT_OURS = {"ARGS", "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "PYTHONPATH", "VIRTUAL_ENV", records.UPDATE}
LOOKS = {"FORCE_COLOR", "NO_COLOR", "PY_COLORS", "CLICOLOR_FORCE", "COLUMNS", "LINES"}


def make(*words: str, code: int = 0) -> str:
    """Run make with these words, with a PATH without the environment of these tests; it must end with `code`."""
    path = [entry for entry in os.environ["PATH"].split(os.pathsep) if ".nox" not in Path(entry).parts]
    kept = {name: value for name, value in os.environ.items() if name not in NOT_OURS | LOOKS}
    done = subprocess.run(
        ["make", *words],
        cwd=ROOT,
        env=kept | {"PATH": os.pathsep.join(path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == code, done.stdout
    return done.stdout
