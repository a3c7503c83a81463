"""What was found in a page of the built site? Kept from build to build, since few pages are written anew in one."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

Found = TypeVar("Found")


class Kept:
    """Results of functions of a file, as long as the file and this folder's programs are what they were."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.made_by = made_by()
        self.new: dict[tuple[str, str], Any] = {}
        try:
            self.made_by_then, self.old = pickle.loads(place.read_bytes())
        except (OSError, ValueError, EOFError, AttributeError, ImportError, pickle.PickleError):
            self.made_by_then, self.old = "", {}
        if self.made_by_then != self.made_by:
            self.old = {}

    def get(self, kind: str, path: Path, find: Callable[[Path], Found]) -> Found:
        """Return what `find` finds in a file, now or when it was last asked."""
        about = path.stat()
        key = kind, str(path)
        known = self.new.get(key) or self.old.get(key)
        state = about.st_mtime_ns, about.st_size
        self.new[key] = known if known and known[0] == state else (state, find(path))
        return self.new[key][1]

    def save(self) -> None:
        """Keep what was asked for in this build, and forget the rest."""
        self.place.write_bytes(pickle.dumps((self.made_by, self.new)))


def made_by() -> str:
    """Return the hash of the programs that look into pages."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for path in sorted([*here.glob("*.py"), *(here.parents[1] / "scripts" / "devkit").glob("walk*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()
