"""How does a page show what Flyte has to be told? ``{flyte-config} settings`` and ``traps`` are tables.

They come from docs/config/settings.toml and traps.toml, as the YAML files and the command's findings do. Each row of
the traps has the anchor that a finding names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from decide_table import inline
from docutils import nodes
from measured import table
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from devkit import flyteconfig, flyteconfig_files
from devkit.flyteconfig import Trap
from devkit.flyteconfig_files import CONFIG

BELOW = ("plugins.connector-service.CONNECTOR.", "plugins.connector-service.", "tasks.task-plugins.")


def key(path: str) -> str:
    """Return a setting's path without what most of them share."""
    return next((path.removeprefix(prefix) for prefix in BELOW if path.startswith(prefix)), path)


def links(names: list[str]) -> Iterator[nodes.Node]:
    for name in names:
        trap = flyteconfig.traps()[name]
        yield nodes.Text(", " if name != names[0] else " Traps: ")
        yield nodes.reference("", name, refuri=f"#{trap.anchor}", internal=True)


def in_which(known: dict[str, str], way: str) -> list[str]:
    return [flyte for flyte, how in known.items() if how == way]


def settings() -> nodes.table:
    """Return a row for each setting that has a value: what happens without it, in which Flyte, and how we know."""
    rows = []
    for each in flyteconfig_files.source()["setting"]:
        if "value" in each:
            ways = dict.fromkeys(each["known"].values())
            known = ", ".join(f"{way} {', '.join(in_which(each['known'], way))}" for way in ways)
            without = [*inline(each["without"]), *links(each["traps"])]
            rows.append([[nodes.literal("", key(each["path"]))], without, [nodes.Text(unbroken(known))]])
    shown = table(["Setting", "Without it", "known"], rows, (30, 55, 15))
    shown["classes"] += ["stack", "trap"]
    return shown


def unbroken(known: str) -> str:
    """Return how we know a thing, with no line that ends between a word and its numbers."""
    return re.sub(r" (?=\d)", "\u00a0", known)


def title(trap: Trap) -> list[nodes.Node]:
    only = f" (Flyte {trap.flyte[0]})" if len(trap.flyte) == 1 else ""
    return [*inline(trap.title), nodes.Text(only)]


def traps() -> nodes.table:
    """Return a row for each trap, with an id."""
    known = flyteconfig.traps().values()
    rows = [
        [title(trap), inline(trap.does), inline(trap.right), [nodes.Text(unbroken(trap.known))]]
        for trap in known
    ]
    shown = table(["Trap", "What it does, and to whom", "What is right", "known"], rows, (22, 43, 22, 13))
    shown["classes"] += ["stack", "setup"]
    body = next(iter(shown.findall(nodes.tbody)))
    for row, trap in zip(body.children, known, strict=True):
        row["ids"] = [trap.anchor]
    return shown


PARTS = {"settings": settings, "traps": traps}


class FlyteConfigDirective(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        if self.arguments[0] not in PARTS:
            raise self.error(f"flyte-config: no part {self.arguments[0]!r}: want {' or '.join(PARTS)}")
        for path in (*CONFIG.glob("*.toml"), *Path(flyteconfig.__file__).parent.glob("flyteconfig*.py")):
            self.env.note_dependency(str(path))
        return [PARTS[self.arguments[0]]()]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("flyte-config", FlyteConfigDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
