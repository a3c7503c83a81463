"""Which settings does the connector have? Its own --help says so, at every build of the site.

``{flags} PROGRAM`` shows them in the groups that --help has. The role ``option`` links to one, and a page that speaks
of one that does not exist does not build.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field

import again
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from devkit import build
from devkit.toolchain import ToolchainError

GROUP = re.compile(r"^(?P<title>\S.*):$")
FLAG = re.compile(r"^  --(?P<name>[a-z][\w-]*)(?: (?P<value>\S+))?$")
TEXT = re.compile(r"^ {8}(?P<text>\S.*)$")
TOKEN = re.compile(r"(`[^`]+`|--[a-z][\w-]*\w|\(default [^)]+\))")  # what is more than a word in a text
MARKUP = re.compile(r"([\\`*_{}\[\]()#+!|<>~$@^-])")


@dataclass
class Flag:
    """One flag as --help has it: what it takes ("" for a switch), and what it says."""

    name: str
    value: str
    text: str = ""


@dataclass
class Group:
    """A heading of --help, and the flags below it."""

    title: str
    flags: list[Flag] = field(default_factory=list)


def parse(help_text: str) -> list[Group]:
    """Return the groups of a help text; raises ValueError for a line that is none of its parts, or without flags."""
    groups: list[Group] = []
    for line in help_text.splitlines():
        if title := GROUP.match(line):
            groups.append(Group(title["title"]))
        elif groups and (start := FLAG.match(line)):
            groups[-1].flags.append(Flag(start["name"], start["value"] or ""))
        elif groups and groups[-1].flags and (more := TEXT.match(line)):
            flag = groups[-1].flags[-1]
            flag.text = f"{flag.text} {more['text']}".strip()
        elif line.strip():
            raise ValueError(f"--help has a line that is neither a heading nor a flag nor its text: {line!r}")
    if not any(group.flags for group in groups):
        raise ValueError(f"no flag in {help_text[:80]!r}")
    return groups


def words(text: str, known: set[str]) -> Iterator[str]:
    """Yield a flag's text as MyST: what is quoted or a default as code, another flag as a link, and no other markup."""
    for odd, part in enumerate(TOKEN.split(text)):
        if odd % 2 and part in known:
            yield f"{{option}}`{part}`"
        elif odd % 2 and part.startswith("(default "):
            yield f"(default `{part.removeprefix('(default ').removesuffix(')')}`)"
        elif odd % 2 and part.startswith("`"):
            yield part
        else:
            yield MARKUP.sub(r"\\\1", part)


def written(flag: Flag, known: set[str]) -> list[str]:
    """Return MyST lines that describe a flag, so that Sphinx's own directive makes its anchor."""
    signature = f"--{flag.name}" + (f" <{flag.value}>" if flag.value else "")
    return [f":::{{option}} {signature}", "", "".join(words(flag.text, known)), "", ":::", ""]


def usage(program: str) -> str:
    """Build a program of this repository and return what it prints with --help; raises ToolchainError."""
    said = subprocess.run([build.program(program), "--help"], capture_output=True, text=True, timeout=60)
    return said.stdout + said.stderr


class FlagsDirective(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        try:
            said = usage(self.arguments[0])
            groups = parse(said)
            again.remember(self.env, "flags", self.arguments[0], said)
        except (ToolchainError, ValueError, subprocess.SubprocessError) as error:
            raise self.error(f"flags of {self.arguments[0]}: {error}") from error
        known = {f"--{flag.name}" for group in groups for flag in group.flags}
        found: list[nodes.Node] = []
        for group in groups:
            lines = [line for flag in group.flags for line in written(flag, known)]
            found += [nodes.rubric("", group.title), *self.parse_text_to_nodes("\n".join(lines))]
        return found


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("flags", FlagsDirective)
    again.watch(app, "flags", usage)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
