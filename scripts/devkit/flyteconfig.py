"""Does your own configuration of Flyte step into one of the known traps? `nox -s check_flyte_config -- FILE…`

The files are read together, as one configuration. Exit code 0: no trap; 1: at least one; 2: a file cannot be read, or
is no configuration of Flyte.
"""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from devkit import flyteconfig_notes, flyteconfig_read
from devkit.flyteconfig_calls import RULES
from devkit.flyteconfig_files import CONFIG
from devkit.flyteconfig_rules import Breach
from devkit.flyteconfig_tree import FlyteConfigError, Place
from devkit.flyteconfig_view import View
from devkit.toolchain import ROOT

PAGE, WIDTH, INDENT = "docs/flyte-config.md", 92, 8


@dataclass(frozen=True)
class Trap:
    """What a page and a finding say of a trap; docs/config/traps.toml has them."""

    id: str
    flyte: list[int]
    title: str
    does: str
    right: str
    known: str

    @property
    def anchor(self) -> str:
        return f"trap-{self.id}"


@cache
def traps() -> dict[str, Trap]:
    said = tomllib.loads((CONFIG / "traps.toml").read_text(encoding="utf-8"))
    return {name: Trap(name, **about) for name, about in said.items()}


def task_types() -> tuple[str, ...]:
    """Return the task types of this repository's plugins, from their Go code; empty when there are none."""
    found = [
        re.findall(r'^const TaskType = "(\w+)"', path.read_text(encoding="utf-8"), re.MULTILINE)
        for path in sorted(ROOT.glob("go/plugins/*/spec.go"))
    ]
    return tuple(kind for kinds in found for kind in kinds)


def findings(view: View) -> list[tuple[Trap, Breach]]:
    """Return every trap that a configuration steps into, in the order of the files' lines."""
    found = [
        (trap, breach)
        for name, trap in traps().items()
        if view.flyte in trap.flyte
        for breach in RULES[name](view)
    ]
    return sorted(found, key=lambda one: (one[1].place.file, one[1].place.line or sys.maxsize))


def field(name: str, text: str) -> Iterator[str]:
    first, rest = f"  {name:<{INDENT - 2}}", " " * INDENT
    options = {"break_long_words": False, "break_on_hyphens": False}
    yield from textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, **options)


def snippet(place: Place, value: Any) -> Iterator[str]:
    """Yield the YAML to paste, from the top of the file, or of the file within a ConfigMap."""
    path = list(place.path)
    names = [number for number, key in enumerate(path) if key.endswith((".yaml", ".yml"))]
    for key in reversed(path[names[-1] + 1 :] if names else path):
        value = {key: value}
    text = yaml.safe_dump(value, sort_keys=False, width=10_000, allow_unicode=True)
    yield from textwrap.indent(text.rstrip(), " " * (INDENT + 2)).splitlines()


def where(place: Place) -> Iterator[str]:
    yield f"{place.file}:{place.line}" if place.line else f"{place.file}: not there"
    yield f"  {'at':<{INDENT - 2}}{'.'.join(place.path)}"


def told(trap: Trap, breach: Breach) -> Iterator[str]:
    yield from where(breach.place)
    yield from field("trap", trap.title)
    yield from field("found", breach.found)
    yield from field("does", trap.does)
    yield from field("right", trap.right)
    if breach.right is not None:
        yield from snippet(breach.paste or breach.place, breach.right)
    yield from field("known", trap.known)
    yield f"  {'more':<{INDENT - 2}}{PAGE}#{trap.anchor}"
    yield ""


def report(view: View) -> tuple[list[str], int]:
    """Return the lines to print, and the number of findings."""
    found, notes = findings(view), flyteconfig_notes.notes(view)
    lines = [line for trap, breach in found for line in told(trap, breach)]
    for note in notes:
        lines += [*where(note.place), *field("note", note.text), f"  more  {PAGE}#{note.anchor}", ""]
    kinds = ", ".join(dict.fromkeys(f"{part.root.place.file} ({part.kind})" for part in view.config.parts))
    counted = f"{len(found)} trap{'' if len(found) == 1 else 's'}, {len(notes)} note{'' if len(notes) == 1 else 's'}"
    lines += field("read", kinds)
    lines.append(f"check_flyte_config: {counted}. Flyte {view.flyte}; task types {', '.join(view.types)}")
    return lines, len(found)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="nox -s check_flyte_config --", description=(__doc__ or "").partition("\n")[0]
    )
    made.add_argument(
        "files", nargs="+", metavar="FILE", help="Helm values, ConfigMaps, or Flyte's own files"
    )
    made.add_argument(
        "--flyte", type=int, choices=(1, 2), help="which Flyte reads them, where they do not say"
    )
    made.add_argument(
        "--task-type",
        action="append",
        metavar="TYPE",
        help="a task type to look for (default: this repository's)",
    )
    return made


def main(words: list[str]) -> int:
    arguments = parser().parse_args(words)
    types = tuple(arguments.task_type or task_types())
    try:
        if not types:
            raise FlyteConfigError("no task type: go/plugins has none, want --task-type TYPE")
        parts = [part for name in arguments.files for part in flyteconfig_read.read(Path(name), name)]
        lines, count = report(View(flyteconfig_read.together(parts, arguments.flyte), types))
    except FlyteConfigError as error:
        print(f"check_flyte_config: {error}", file=sys.stderr)
        return 2
    print(*lines, sep="\n")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
