"""From where does a pod on this machine import the user's module? From where this process does."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path


def root(module: str, file: str | Path) -> Path:
    """Return the folder that has to be on ``sys.path`` for ``import module`` to find ``file``."""
    place = Path(file).absolute()
    return place.parents[module.count(".") + (place.name == "__init__.py")]


def path(first: Path) -> list[str]:
    """Return the folders that the container's own Python does not look in: ``first``, then the rest of ``sys.path``.

    A command that runs a file puts its folder on ``sys.path`` only while it imports it.
    """
    own = {Path(entry).resolve() for entry in sysconfig.get_paths().values()}
    own |= {entry / "lib-dynload" for entry in own}
    entries = dict.fromkeys([first, *(Path(entry).absolute() for entry in sys.path)])
    return [str(entry) for entry in entries if entry.is_dir() and entry.resolve() not in own]
