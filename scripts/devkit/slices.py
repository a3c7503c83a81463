"""Which files belong to which step of the book? docs/steps.toml says it; this cuts the slice of one step from the tree.

A slice has the files of its step and of those before. Files that list others (a main, an index) carry regions, between
the lines `step:NAME begin` and `step:NAME end` of a comment; regions of later steps are cut out.
"""

from __future__ import annotations

import fnmatch
import hashlib
import re
import shutil
import subprocess
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from devkit.toolchain import ROOT

TREE = ROOT / "build" / "steps" / "tree"
MARKER = re.compile(r"^\s*(?://|#) step:([a-z-]+) (begin|end)\s*$")
MARKED = {".go", ".py", ".yaml"}  # kinds of files that may have regions


class StepsError(ValueError):
    """docs/steps.toml and the tree do not fit together."""


@dataclass(frozen=True)
class Mistake:
    """A textual change, and what the tests must then say."""

    what: str
    file: str
    replace: str
    by: str
    fails_with: str
    tests: str = ""  # which tests to run, as the tool names them; default: all of the step


@dataclass(frozen=True)
class Step:
    """What one step of the book adds. Patterns are fnmatch's, over paths below the repository; `*` also matches `/`."""

    name: str
    title: str
    check: str  # what proves it: a key of devkit.steps.CHECKS
    files: list[str]
    pages: list[str] = field(default_factory=list)  # of the site, which explain what the step adds
    shown: dict[str, str] = field(default_factory=dict)  # file -> the one of these pages that shows all of it
    mistakes: list[Mistake] = field(default_factory=list)


def load(path: Path) -> tuple[list[Step], list[str]]:
    """Return the steps in order, and the folders of which every file must belong to a step."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    steps = [
        Step(**{**raw, "mistakes": [Mistake(**one) for one in raw.get("mistakes", [])]})
        for raw in data["step"]
    ]
    for step in steps:
        if not 1 <= len(step.mistakes) <= 3:
            raise StepsError(f"step {step.name} names {len(step.mistakes)} mistakes, and a step has 1 to 3")
    return steps, data["complete"]


def on_the_way(steps: list[Step]) -> list[Step]:
    """Return the steps of the core walk: the first ones, up to the last that has a file which a page shows."""
    last = max(number for number, step in enumerate(steps) if step.shown)
    return steps[: last + 1]


def tracked(root: Path = ROOT) -> list[str]:
    """Return the files that git tracks or would add, and that are there."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.splitlines()
    return [name for name in names if (root / name).is_file()]


def assign(steps: list[Step], complete: list[str], names: list[str]) -> dict[str, int]:
    """Return file -> index of the step that adds it.

    Raises StepsError for a pattern without a file, a file of two steps, a file in a complete folder that no step has.
    """
    owner: dict[str, int] = {}
    for index, step in enumerate(steps):
        for pattern in step.files:
            found = fnmatch.filter(names, pattern)
            if not found:
                raise StepsError(f"step {step.name}: no file matches {pattern!r}")
            for name in found:
                if owner.setdefault(name, index) != index:
                    raise StepsError(f"{name} is in two steps: {steps[owner[name]].name} and {step.name}")
    for name in names:
        if name not in owner and name.startswith(tuple(f"{folder}/" for folder in complete)):
            raise StepsError(f"{name} is in no step: add it to docs/steps.toml")
    return owner


def cut(text: str, later: set[str], known: set[str]) -> str:
    """Return text without the regions of later steps; regions of earlier steps stay, with their markers.

    Raises StepsError for a marker that names no step, and for one that has no counterpart.
    """
    if " step:" not in text:
        return text
    kept: list[str] = []
    inside = ""
    for line in text.splitlines(keepends=True):
        if found := MARKER.match(line):
            name, kind = found.groups()
            if name not in known or inside != ("" if kind == "begin" else name):
                raise StepsError(f"marker {line.strip()!r}: no such step, or no counterpart")
            inside = name if kind == "begin" else ""
            kept += [] if name in later else [line]
        elif inside not in later:
            kept.append(line)
    if inside:
        raise StepsError(f"region of step {inside!r} has no end")
    return "".join(kept)


def contents(steps: list[Step], owner: dict[str, int], index: int) -> dict[str, bytes]:
    """Return the slice up to the step with this index: file -> what is in it, in the order of the names."""
    known = {step.name for step in steps}
    later = {step.name for step in steps[index + 1 :]}
    found = {}
    for name in sorted(name for name, first in owner.items() if first <= index):
        found[name] = (ROOT / name).read_bytes()
        if Path(name).suffix in MARKED:
            found[name] = cut(found[name].decode("utf-8"), later, known).encode("utf-8")
    return found


def lay_out(steps: list[Step], owner: dict[str, int], index: int) -> None:
    """Make TREE the slice up to the step with this index. Times of change are kept: Go's test cache looks at them."""
    shutil.rmtree(TREE, ignore_errors=True)
    for name, data in contents(steps, owner, index).items():
        target = TREE / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        shutil.copystat(ROOT / name, target)


def fingerprint(owner: dict[str, int]) -> str:
    """Return the hash of all that the result depends on."""
    digest = hashlib.sha256((ROOT / "docs/steps.toml").read_bytes())
    for name in sorted(owner):
        digest.update(name.encode() + b"\0" + (ROOT / name).read_bytes())
    return digest.hexdigest()
