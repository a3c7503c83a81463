"""Which settings make Flyte survive an outage of the connector, and where do they stand in each of its files?

docs/config/settings.toml is the one source; `python -m devkit.flyteconfig_files` writes the YAML files beside it, each
line with its reason, and `--check` fails where one differs.
"""

from __future__ import annotations

import argparse
import functools
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from devkit.toolchain import ROOT

CONFIG = ROOT / "docs" / "config"
WIDTH = 92  # what a code block of the site shows


@dataclass(frozen=True)
class Setting:
    """A line of Flyte's configuration, or, without a value, the comment above a group of lines."""

    path: str
    flyte: list[int]
    why: str
    value: Any = None
    without: str = ""
    known: dict[str, str] = field(default_factory=dict)
    traps: list[str] = field(default_factory=list)
    only: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class File:
    """A file that Flyte or its Helm chart reads; `under` says where a section of Flyte's stands in a chart's values."""

    name: str
    tab: str
    flyte: int
    top: str
    under: dict[str, str] = field(default_factory=dict)


@functools.cache
def source() -> dict[str, Any]:
    return tomllib.loads((CONFIG / "settings.toml").read_text(encoding="utf-8"))


def files() -> list[File]:
    return [File(**each) for each in source()["file"]]


def settings(flyte: int) -> list[Setting]:
    """Return one Flyte's settings, with its own names in them."""
    names = source()["flyte"][str(flyte)]
    found = []
    for each in source()["setting"]:
        if flyte in each["flyte"]:
            path = each["path"].replace("CONNECTOR", names["connector"])
            value = each.get("value")
            value = value.replace("SERVICE", names["service"]) if isinstance(value, str) else value
            found.append(Setting(**(each | {"path": path, "value": value})))
    return found


def scalar(value: Any) -> str:
    """Return a value as YAML on one line."""
    flow = yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False)
    return flow.removesuffix("...\n").strip()


def comment(text: str, indent: int) -> Iterator[str]:
    space = " " * indent
    yield from textwrap.wrap(
        text, WIDTH, initial_indent=f"{space}# ", subsequent_indent=f"{space}# ", break_on_hyphens=False
    )


def leaf(key: str, value: Any, indent: int) -> Iterator[str]:
    space = " " * indent
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        yield f"{space}{key}:"
        yield from (f"{space}  - {name}: {scalar(one[name])}" for one in value for name in one)
    else:
        yield f"{space}{key}: {scalar(value)}"


def tree(file: File) -> dict[str, Any]:
    """Return a file's settings by their keys, with a Setting for a leaf, and the one of a group below ""."""
    root: dict[str, Any] = {}
    for setting in settings(file.flyte):
        if setting.only and file.name not in setting.only:
            continue
        section, _, rest = setting.path.partition(".")
        keys = [*filter(None, file.under.get(section, "").split(".")), section, *rest.split(".")]
        place = root
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        if setting.value is None:
            place.setdefault(keys[-1], {})[""] = setting
        else:
            place[keys[-1]] = setting
    return root


def lines(place: dict[str, Any], indent: int = 0) -> Iterator[str]:
    for key, what in place.items():
        if isinstance(what, dict):
            if "" in what:
                yield from comment(what[""].why, indent)
            yield f"{' ' * indent}{key}:"
            yield from lines(what, indent + 2)
        elif key:
            yield from comment(what.why, indent)
            yield from leaf(key, what.value, indent)


def text(file: File) -> str:
    """Return what the YAML file says."""
    note = "Written by devkit.flyteconfig_files from settings.toml."
    return "\n".join([*comment(f"{file.top} {note}", 0), *lines(tree(file))]) + "\n"


def differences() -> list[str]:
    """Return the names of files that are not what the settings make."""
    made = {f"{file.name}.yaml": text(file) for file in files()}
    return [
        name
        for name, says in made.items()
        if not (CONFIG / name).exists() or (CONFIG / name).read_text("utf-8") != says
    ]


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="devkit.flyteconfig_files", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail where a file differs from its source"
    )
    arguments = parser.parse_args(words)
    if arguments.check:
        stale = differences()
        print(
            *(f"docs/config/{name}: stale or edited: it comes from settings.toml" for name in stale), sep="\n"
        )
        return 1 if stale else 0
    for file in files():
        (CONFIG / f"{file.name}.yaml").write_text(text(file), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
