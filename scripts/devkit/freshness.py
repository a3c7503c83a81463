"""Was a result made with the code as it is now? A hash of the files that it depends on, then and now.

A record of a command says in its first lines what its output depends on; when it was last found true is in
build/records/NAME.json (devkit.records).
"""

from __future__ import annotations

import fnmatch
import functools
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from devkit import slices
from devkit.toolchain import ROOT

# What says how fresh results are: were it among what they depend on, no result would be fresh after it was written.
SUMMARY = "docs/records/quality.json"


@functools.cache
def digests() -> dict[str, str]:
    """Return tracked file -> the hash of what is in it."""
    names = (name for name in slices.tracked() if name != SUMMARY)
    return {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in names}


def matching(patterns: Iterable[str], names: Iterable[str]) -> list[str]:
    """Return the files that patterns name: a file, a folder with all that is in it, or with * as in a shell.

    Raises ValueError for a pattern that names none: a result that depends on nothing would be fresh for ever.
    """
    found: set[str] = set()
    names = list(names)
    for pattern in patterns:
        some = [*fnmatch.filter(names, pattern), *fnmatch.filter(names, f"{pattern.rstrip('/')}/*")]
        if not some:
            raise ValueError(f"no file matches {pattern!r}, on which a result depends")
        found.update(some)
    return sorted(found)


def fingerprint(patterns: Iterable[str], files: dict[str, str] | None = None) -> str:
    """Return 16 hexadecimal digits over the files that patterns name; `files` are those of the repository."""
    return here(tuple(patterns)) if files is None else of(patterns, files)


@functools.cache
def here(patterns: tuple[str, ...]) -> str:
    return of(patterns, digests())


def of(patterns: Iterable[str], files: dict[str, str]) -> str:
    digest = hashlib.sha256()
    for name in matching(patterns, files):
        digest.update(f"{name}\0{files[name]}\n".encode())
    return digest.hexdigest()[:16]


def look_again() -> None:
    """Forget what the files were: a process that goes on may see them change."""
    digests.cache_clear()
    here.cache_clear()


def listed(inputs: str) -> list[str]:
    """Return the patterns of a line "# inputs: one, another"."""
    return [part.strip() for part in inputs.split(",")]


def patterns(record: Path) -> list[str]:
    """Return what a record of a command depends on. Raises ValueError when it does not say."""
    first = record.read_text(encoding="utf-8").split("\n", 1)[0]
    if not first.startswith("# inputs: "):
        raise ValueError(f"{record.name}: the first line is not '# inputs: ...'")
    return listed(first.removeprefix("# inputs: "))


def records(folder: Path, runs: Path, before: dict[str, str]) -> dict[str, str]:
    """Return record -> the fingerprint of the files with which it was last found true.

    `runs` has a file for each record that was compared in this clone, `before` is what was known until then.
    """
    found = {}
    for record in sorted(folder.glob("*.txt")):
        run = runs / f"{record.stem}.json"
        known = json.loads(run.read_text(encoding="utf-8")) if run.exists() else {}
        if known.get("same"):
            found[record.stem] = known["inputs"]
        elif record.stem in before:
            found[record.stem] = before[record.stem]
    return found


def fresh(folder: Path, known: dict[str, str]) -> dict[str, bool]:
    """Return record -> whether it was found true with the files as they are now."""
    return {
        record.stem: known.get(record.stem) == fingerprint(patterns(record))
        for record in sorted(folder.glob("*.txt"))
    }
