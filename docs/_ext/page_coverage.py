"""Which line of the code that the steps add is on which page? ``{page-coverage}`` shows it, and what is on none.

Not counted: what a reader keeps as it is (the starter), tests, fixtures, generated code; and of the rest comments,
imports, docstrings and lone brackets. A file that a page shows as a whole is compared with it, byte for byte
elsewhere (sitecheck, walk).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from docutils import nodes
from measured import table
from pages import ROOT
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.directives.code import LiteralIncludeReader
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from devkit import lint, slices

INCLUDE = re.compile(
    r"^(`{3,})\{literalinclude\} (?P<file>\S+)\n(?P<options>(?::[\w-]+:.*\n)*)\1$", re.MULTILINE
)
OPTION = re.compile(r"^:([\w-]+): ?(.*)$", re.MULTILINE)
NOT_SHOWN = re.compile(r"_test\.go$|/tests/|(?<!\.go)(?<!\.py)(?<!\.proto)$")
Lines = dict[int, str]


@dataclass
class File:
    """A file of a step: the code lines that it has, and which of them are on which page."""

    name: str
    step: str
    lines: Lines
    pages: dict[str, set[int]] = field(default_factory=dict)

    @property
    def missing(self) -> list[int]:
        return sorted(self.lines.keys() - set().union(*self.pages.values()))


def code_lines(name: str, text: str) -> Lines:
    """Return number -> line of what says something in a file."""
    lines = dict(enumerate(text.splitlines(), 1))
    ignored: set[int] = set()
    if name.endswith(".py"):
        for node in ast.walk(ast.parse(text)):
            docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if docstring or isinstance(node, ast.Import | ast.ImportFrom):
                ignored.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    elif name.endswith((".go", ".proto")):
        for found in re.finditer(
            r"^(package |import \([^)]*\)|import |syntax |option )[^\n]*", text, re.MULTILINE
        ):
            first = text.count("\n", 0, found.start()) + 1
            ignored.update(range(first, first + found[0].count("\n") + 1))
    said = {
        number: line for number, line in lines.items() if re.search(r"\w", line) and number not in ignored
    }
    return {number: line for number, line in said.items() if not line.strip().startswith(("#", "//"))}


def files(steps: list[slices.Step], owner: dict[str, int]) -> dict[str, File]:
    """Return the files that the steps after the starter add and that a page should show."""
    wanted = lint.written([Path(name) for name, number in owner.items() if number > 0])
    names = sorted(path.as_posix() for path in wanted)
    return {
        name: File(name, steps[owner[name]].name, code_lines(name, (ROOT / name).read_text(encoding="utf-8")))
        for name in names
        if not NOT_SHOWN.search(name)
    }


def included(page: Path, config: Config) -> Iterator[tuple[str, set[int]]]:
    """Yield (file, lines) for each file that a page includes."""
    for found in INCLUDE.finditer(page.read_text(encoding="utf-8")):
        path = (page.parent / found["file"]).resolve()
        told = OPTION.findall(found["options"])
        given = {key: str(yaml.safe_load(value)) if value else None for key, value in told}
        given |= {"lineno-match": None}
        reader = LiteralIncludeReader(str(path), given, config)
        _, count = reader.read()
        first = reader.lineno_start
        yield path.relative_to(ROOT).as_posix(), set(range(first, first + count))


def show(found: dict[str, File], pages: dict[str, list[tuple[str, set[int] | None]]]) -> None:
    """Take note of what pages show: page -> (file, lines), None for all of them."""
    for page, shown in pages.items():
        for name, lines in shown:
            if name in found:
                every = set(found[name].lines)
                found[name].pages.setdefault(page, set()).update(every if lines is None else every & lines)


def here(config: Config) -> dict[str, File]:
    """Return the files of this repository's steps, with what its pages show of them."""
    steps, complete = slices.load(ROOT / "docs" / "steps.toml")
    found = files(steps, slices.assign(steps, complete, slices.tracked()))
    for gallery, names in config.gallery_pages.items():
        show(found, {f"{gallery}/{Path(name).stem}": [(name, None)] for name in names})
    for step in steps:
        for name, page in step.shown.items():
            show(found, {page: [(name, None)]})
    docs = ROOT / "docs"
    for page in sorted(docs.rglob("*.md")):
        show(found, {page.relative_to(docs).with_suffix("").as_posix(): list(included(page, config))})
    return found


class PageCoverageDirective(SphinxDirective):
    """A table of the steps' files."""

    def run(self) -> list[nodes.Node]:
        self.env.metadata[self.env.docname]["coverage"] = True
        found = here(self.config)
        lines = sum(len(each.lines) for each in found.values())
        missing = sum(len(each.missing) for each in found.values())
        words = f"Of {lines} lines of code in {len(found)} files, {missing} are on no page."
        rows = [self.row(each) for each in found.values()]
        shown = table(["File", "On which pages", "Lines on none"], rows, (45, 35, 20))
        shown["classes"] += ["stack", "coverage"]
        return [nodes.paragraph("", words), shown]

    def row(self, about: File) -> list[list[nodes.Node]]:
        pages = sorted(about.pages, key=lambda page: (-len(about.pages[page]), page))
        where = self.parse_inline(", ".join(f"{{doc}}`/{page}`" for page in pages))[0] if pages else []
        missing, every = len(about.missing), len(about.lines)
        left = "" if not missing else f"all {every}" if missing == every else f"{missing} of {every}"
        return [[nodes.literal("", about.name)], where, [nodes.Text(left)]]


def pages_with_coverage(app: Sphinx, env: BuildEnvironment, *_: object) -> list[str]:
    """Have them read in every build: code that no page shows has no page that changes with it."""
    return [page for page, about in env.metadata.items() if about.get("coverage")]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("page-coverage", PageCoverageDirective)
    app.connect("env-get-outdated", pages_with_coverage)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
