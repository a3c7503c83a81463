"""How do these tests make a file with one trap? From a generated one that has none, by changing one thing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from devkit import flyteconfig_read
from devkit.flyteconfig import findings, task_types
from devkit.flyteconfig_files import CONFIG, File, files
from devkit.flyteconfig_view import View

Change = Callable[[dict[str, Any]], None]
FILES = {file.name: file for file in files()}


def put(path: str, value: Any) -> Change:
    """Return a change that sets a value; None takes the key away."""

    def change(config: dict[str, Any]) -> None:
        *keys, last = path.split("/")
        for key in keys:
            config = config.setdefault(key, {})
        if value is None:
            del config[last]
        else:
            config[last] = value

    return change


def above(config: dict[str, Any], file: File, section: str) -> dict[str, Any]:
    """Return the map that has one of Flyte's sections in a file, wherever its form keeps it."""
    for key in filter(None, file.under.get(section, "").split(".")):
        config = config.setdefault(key, {})
    return config


def changed(file: File, *changes: Change) -> str:
    """Return a generated file's YAML after changes, whose paths begin with a section of Flyte's."""
    config = yaml.safe_load((CONFIG / f"{file.name}.yaml").read_text(encoding="utf-8"))
    names = ("tasks", "plugins", "propeller", "executor")
    found = {name: above(config, file, name).get(name, {}) for name in names}
    for change in changes:
        change(found)
    for name in filter(found.get, names):
        above(config, file, name)[name] = found[name]
    return yaml.safe_dump(config, sort_keys=False)


def view(folder: Path, *texts: str, flyte: int | None = None, types: tuple[str, ...] = ()) -> View:
    """Return what the files with these texts say together."""
    parts = []
    for number, text in enumerate(texts):
        path = folder / f"{number}.yaml"
        path.write_text(text, encoding="utf-8")
        parts += flyteconfig_read.read(path, path.name)
    return View(flyteconfig_read.together(parts, flyte), types or task_types())


def trapped(seen: View) -> list[str]:
    """Return the ids of the traps that were found, each once."""
    return list(dict.fromkeys(trap.id for trap, _ in findings(seen)))
