"""Which settings does the connector have? Its own --help says so, at every build of the site.

``{flags} PROGRAM`` shows them all; each line of its content is ``Title: --flag --flag``, and what no line names comes
last. The role ``option`` then links to a flag, and a page that speaks of one that does not exist does not build.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from devkit import build
from devkit.toolchain import ToolchainError

NAME = re.compile(r"^  -(?P<name>[\w-]+)(?: (?P<value>\S+))?(?:\t(?P<text>.*))?$")
REST = "Others"
QUOTED = re.compile(r'"([^"`]+)"')
MARKUP = re.compile(r"([\\`*_{}\[\]()#+!|<>~$@^-])")


@dataclass
class Flag:
    """One flag as --help has it: what it takes ("" for a switch), and what it says."""

    name: str
    value: str
    text: str


def parse(help_text: str) -> list[Flag]:
    """Return the flags of a text that Go's package flag printed; raises ValueError if there are none."""
    found: list[Flag] = []
    for line in help_text.splitlines():
        if start := NAME.match(line):
            found.append(Flag(start["name"], start["value"] or "", start["text"] or ""))
        elif found and line.startswith("    "):
            found[-1].text = f"{found[-1].text} {line.strip()}".strip()
    if not found:
        raise ValueError(f"no flag in {help_text[:80]!r}")
    return found


def grouped(flags: list[Flag], lines: Iterable[str]) -> list[tuple[str, list[Flag]]]:
    """Return (title, flags) for each line; raises ValueError when a line names a flag that is not there, or twice."""
    left = {f"--{flag.name}": flag for flag in flags}
    groups = []
    for line in lines:
        title, _, names = line.partition(":")
        group = []
        for name in names.split():
            if name not in left:
                raise ValueError(
                    f"{title!r} names {name}; flags that no line has named yet: {', '.join(left)}"
                )
            group.append(left.pop(name))
        groups.append((title.strip(), group))
    return [*groups, (REST, list(left.values()))] if left else groups


def written(flag: Flag) -> list[str]:
    """Return MyST lines that describe a flag, so that Sphinx's own directive makes its anchor."""
    signature = f"--{flag.name}" + (f" <{flag.value}>" if flag.value else "")
    parts = QUOTED.split(flag.text)  # every other one was in quotation marks
    text = "".join(f"`{part}`" if odd % 2 else MARKUP.sub(r"\\\1", part) for odd, part in enumerate(parts))
    return [f":::{{option}} {signature}", "", text, "", ":::", ""]


def usage(program: str) -> str:
    """Build a program of this repository and return what it prints with --help; raises ToolchainError."""
    said = subprocess.run([build.program(program), "--help"], capture_output=True, text=True, timeout=60)
    return said.stdout + said.stderr


class FlagsDirective(SphinxDirective):
    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {}

    def run(self) -> list[nodes.Node]:
        self.env.metadata[self.env.docname]["shows_flags"] = True
        try:
            groups = grouped(parse(usage(self.arguments[0])), [line for line in self.content if line.strip()])
        except (ToolchainError, ValueError, subprocess.SubprocessError) as error:
            raise self.error(f"flags of {self.arguments[0]}: {error}") from error
        found: list[nodes.Node] = []
        for title, flags in groups:
            found.append(nodes.rubric("", title))
            found += self.parse_text_to_nodes("\n".join(line for flag in flags for line in written(flag)))
        return found


def pages_with_flags(app: Sphinx, env: BuildEnvironment, *_: object) -> list[str]:
    """Have --help asked again in every build: a page that did not change may show flags that did."""
    return [page for page, about in env.metadata.items() if about.get("shows_flags")]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("flags", FlagsDirective)
    app.connect("env-get-outdated", pages_with_flags)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
