"""Is what is checked in still what a generator makes? And if not: which file, and how does it differ?"""

from __future__ import annotations

import filecmp
import shutil
from pathlib import Path


def differences(fresh: Path, tree: Path) -> list[str]:
    """Return the paths that differ between a folder that was generated now and the one that is checked in, and how."""
    new, old = files(fresh), files(tree)
    found = [f"{path}: missing" for path in new - old]
    found += [f"{path}: not generated any more" for path in old - new]
    same = {path for path in new & old if filecmp.cmp(fresh / path, tree / path, shallow=False)}
    return sorted(found + [f"{path}: stale or edited" for path in new & old - same])


def files(folder: Path) -> set[Path]:
    """Return the files below a folder, relative to it, without what Python compiles beside them."""
    paths = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder) for path in paths}


def check(out: Path, root: Path, folders: list[str]) -> list[str]:
    """Return the files that differ, of folders below `out` and at the same place below `root`."""
    return [f"{folder}/{line}" for folder in folders for line in differences(out / folder, root / folder)]


def replace(out: Path, root: Path, folders: list[str]) -> None:
    """Put folders of `out` in the place of those of `root`."""
    for folder in folders:
        shutil.rmtree(root / folder, ignore_errors=True)
        shutil.copytree(out / folder, root / folder)
