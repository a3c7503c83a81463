"""Which files does a copy have that becomes somebody's own plugin, and what is in them? scripts/template.toml says it.

`plan()` answers for one choice. It reads and returns; scripts/rename.py writes.
"""

from __future__ import annotations

import fnmatch
import re
import subprocess
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from devkit import template_lists
from devkit.toolchain import ROOT

TEMPLATE = "scripts/template.toml"
ANSWERS = ".copier-answers.yml"  # from which template a copy is: every copy has it, and no template
PLUGINS = ("job", "spark")  # a copy keeps one of them
MORE = ("localcluster", "examples")  # and these, where it asks for them
ALL = "docs"  # the pages are the code: a copy with the site keeps everything
BOOK = "book"
MARKER = re.compile(r"^\s*(?://|#|<!--) ?(part|step):([a-z|-]+) (begin|end)(?: -->)?\s*$")
KEPT = ("go/connector/", "go/localcluster/", "sdk/flyteconnector/")  # taken over unchanged: no regions


class PartsError(ValueError):
    """scripts/template.toml and the tree do not fit together, or no copy is like this."""


@dataclass(frozen=True)
class Template:
    """What scripts/template.toml says."""

    files: list[tuple[frozenset[str], list[str]]]  # what a copy needs to have -> patterns
    steps: dict[str, str]
    instead: dict[str, str]
    brings: dict[str, list[str]]


def load(root: Path = ROOT) -> Template:
    data = tomllib.loads((root / TEMPLATE).read_text(encoding="utf-8"))
    files = [(frozenset(each["parts"]), each["files"]) for each in data["files"]]
    for parts, _ in files:
        if unknown := parts - {*PLUGINS, *MORE, BOOK}:
            raise PartsError(f"{TEMPLATE}: no part is called {min(unknown)!r}")
    return Template(files, data["steps"], data["instead"], data["brings"])


def tracked(root: Path = ROOT) -> list[str]:
    """Return the files that git tracks and that are there."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True, text=True)
    names = set(done.stdout.split("\0")) - {"", ANSWERS}
    return sorted(name for name in names if (root / name).is_file())


def chosen(patterns: Iterable[str], names: list[str]) -> tuple[set[str], list[str]]:
    """Return the names that the patterns choose, in turn, and the patterns that change nothing."""
    result: set[str] = set()
    idle = []
    for pattern in patterns:
        found = set(fnmatch.filter(names, pattern.removeprefix("!")))
        changed = result - found if pattern.startswith("!") else result | found
        idle += [pattern] if changed == result else []
        result = changed
    return result, idle


def idle(template: Template, names: list[str]) -> list[str]:
    """Return the patterns that no file needs."""
    return [pattern for _, patterns in template.files for pattern in chosen(patterns, names)[1]]


def assign(template: Template, names: list[str]) -> dict[str, frozenset[str]]:
    """Return file -> the parts that a copy needs to have it.

    Raises PartsError for a file in no list or in two.
    """
    result: dict[str, frozenset[str]] = {}
    for parts, patterns in template.files:
        for name in chosen(patterns, names)[0]:
            if name in result:
                raise PartsError(f"{TEMPLATE}: {name} is in two lists")
            result[name] = parts
    if missing := set(names) - {ANSWERS} - set(result):
        raise PartsError(f"{TEMPLATE}: {min(missing)} is in no list ({len(missing)} files are in none)")
    return result


def cut(text: str, kept: set[str], template: Template) -> str:
    """Return text without the regions of other parts than those kept, and without any marker.

    Raises PartsError for a marker that names no part, and for one that has no counterpart.
    """
    lines: list[str] = []
    inside: tuple[str, str] | None = None
    wanted = True
    for line in text.splitlines(keepends=True):
        if not (found := MARKER.match(line)):
            lines += [line] if wanted else []
            continue
        kind, names, end = found[1], found[2], found[3] == "end"
        parts = {template.steps.get(name, "") if kind == "step" else name for name in names.split("|")}
        if not parts <= {*PLUGINS, *MORE, BOOK} or inside != ((kind, names) if end else None):
            raise PartsError(f"marker {line.strip()!r}: no such part, or no counterpart")
        inside, wanted = (None, True) if end else ((kind, names), bool(parts & kept))
    if inside:
        raise PartsError(f"region {':'.join(inside)} has no end")
    return "".join(lines)


def choice(keep: str, with_: set[str], template: Template) -> set[str]:
    """Return the parts of a copy; raises PartsError for a choice that there is not."""
    if keep not in PLUGINS:
        raise PartsError(f"keep {keep!r}: want one of {', '.join(PLUGINS)}")
    if unknown := with_ - {*MORE, ALL}:
        raise PartsError(f"with {min(unknown)!r}: want some of {', '.join((ALL, *MORE))}")
    return {keep, *with_, *(part for one in with_ for part in template.brings.get(one, []))}


def plan(
    keep: str, with_: set[str], root: Path = ROOT, names: list[str] | None = None
) -> dict[str, bytes | None]:
    """Return what a copy has otherwise than this tree: path -> what is in it there, or None where it is not there.

    `names` are the files of the tree, from git where they are not given. Raises PartsError.
    """
    template = load(root)
    kept = choice(keep, with_, template)
    if ALL in kept:
        return {}
    owner = assign(template, tracked(root) if names is None else names)
    before = {name: (root / name).read_bytes() for name in owner}
    after = {name: before[name] for name, parts in owner.items() if parts <= kept}
    after |= {name: before[source] for name, source in template.instead.items() if name in after}
    for name, content in after.items():
        after[name] = content if name.startswith(KEPT) else cut_file(name, content, kept, template)
    after |= template_lists.without(after)
    gone: dict[str, bytes | None] = dict.fromkeys(set(before) - set(after))
    return gone | {name: text for name, text in after.items() if before.get(name) != text}


def cut_file(name: str, content: bytes, kept: set[str], template: Template) -> bytes:
    if not re.search(rb"(part|step):", content):
        return content
    try:
        return cut(content.decode("utf-8"), kept, template).encode("utf-8")
    except PartsError as error:
        raise PartsError(f"{name}: {error}") from None


def outcome(before: Mapping[str, bytes], planned: Mapping[str, bytes | None]) -> dict[str, bytes]:
    """Return all files of a copy, from those of the tree and a plan."""
    return {name: text for name, text in {**before, **planned}.items() if text is not None}
