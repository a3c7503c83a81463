"""Where does whoever copies the plugin have to decide something? At markers in the files; scripts/todo.toml has more.

A marker is a comment alone on its line, `TODO(slug): Imperative sentence.` Deleting it is how one says that it is done.
Standard library only.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from devkit.toolchain import ROOT, ToolchainError

TABLE = "scripts/todo.toml"
MARKER = re.compile(r"^\s*(?://|#|<!--)\s*TODO\(([a-z]+(?:-[a-z]+)*)\): ([A-Z].{0,100}\.)(?: -->)?$")
WORDS = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
MARKED = {".py", ".go", ".proto", ".yaml", ".yml", ".toml", ".md", ".rst", ".in", ".css", ".ts", ""}
# Programs that speak of the form itself, and tests, which have it in texts.
ABOUT = re.compile(r"^scripts/(tests/.*|devkit/(markers|lint|todo|adopt_patches)\.py)$")
# The book has it, by this name. In a plugin that was made of the book, a decision without a marker has been taken.
BOOK = "sdk/flytekitplugins-" + "lark" + "spur"


@dataclass(frozen=True)
class Marker:
    """One place of a decision."""

    path: Path
    line: int
    slug: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True)
class Decision:
    """What scripts/todo.toml says about a slug, there for each key."""

    slug: str
    ask: str
    where: list[str]
    done: str
    page: str
    also: str = ""
    tests: list[str] = field(default_factory=list)
    still: dict[str, str] = field(default_factory=dict)


def load(root: Path = ROOT) -> list[Decision]:
    """Return the decisions that there are in this tree, in order; files that it does not have are left out of them."""
    found = []
    for raw in tomllib.loads((root / TABLE).read_text(encoding="utf-8"))["todo"]:
        try:
            whole = Decision(**raw)
        except TypeError as error:
            raise ToolchainError(f"{TABLE}: {raw.get('slug', raw)}: {str(error).split('() ')[-1]}") from error
        where = [name for name in whole.where if (root / name).is_file()]
        tests = [name for name in whole.tests if (root / name.partition("::")[0]).is_file()]
        still = {name: text for name, text in whole.still.items() if (root / name).is_file()}
        if where:
            found.append(Decision(**{**raw, "where": where, "tests": tests, "still": still}))
    return found


def lines(paths: Iterable[Path], root: Path) -> Iterator[tuple[Path, int, str]]:
    """Yield each line that could be a marker: path, number from 1, text."""
    for path in paths:
        if path.suffix in MARKED and not ABOUT.match(path.as_posix()):
            text = (root / path).read_text(encoding="utf-8")
            yield from ((path, number, line) for number, line in enumerate(text.splitlines(), 1))


def find(paths: Iterable[Path], root: Path = ROOT) -> Iterator[Marker]:
    """Yield the markers in files, given relative to `root`."""
    for path, number, line in lines(paths, root):
        if found := MARKER.match(line):
            yield Marker(path, number, found[1], found[2])


def malformed(paths: Iterable[Path], root: Path = ROOT) -> Iterator[str]:
    """Yield a sentence for each line that has a word of a marker and is none; prose may quote the form."""
    for path, number, line in lines(paths, root):
        said = re.sub(r"`[^`]*`", "", line) if path.suffix == ".md" else line
        if WORDS.search(said) and not MARKER.match(line):
            yield f"{path}:{number}: a marker reads `TODO(slug): Imperative sentence.`, alone on its line"


def unknown(paths: Iterable[Path], root: Path = ROOT) -> Iterator[str]:
    """Yield a sentence for each marker that the table does not have, and in the book for each that it has too much."""
    if not (root / TABLE).is_file():
        return
    named = {(decision.slug, name) for decision in load(root) for name in decision.where}
    seen = set()
    for marker in find(paths, root):
        seen.add((marker.slug, marker.path.as_posix()))
        if (marker.slug, marker.path.as_posix()) not in named:
            yield f"{marker}: {TABLE} has no {marker.slug!r} in this file: write it there, so that `todo` shows it"
    if (root / BOOK).is_dir():
        for slug, name in sorted(named - seen):
            yield f"{TABLE}: {slug}: {name} has no such marker"
