"""What does a local run of Flyte 2's SDK leave on this machine? Folders with the run's name, wherever TMPDIR points."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

HOMES = [Path("/tmp/flyte/metadata"), Path("/tmp/flyte/raw_data")]


def new_name() -> str:
    """Return the name of a run that nobody else has."""
    return f"test-{uuid.uuid4()}"


def forget(name: str) -> None:
    """Remove what a run has left."""
    for home in HOMES:
        shutil.rmtree(home / name, ignore_errors=True)
