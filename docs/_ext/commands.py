"""How does a page show a command? As a record of a real run, or with the reason why nobody runs it.

``{record} NAME`` shows docs/records/NAME.txt: lines ``# key: value`` (``inputs`` names what the output depends on,
``checked by`` the session that runs the command again), a blank line, then the transcript, whose commands begin
with ``$ ``.
``{not-run} REASON`` shows commands that no session runs; ``{not-run-list}`` lists all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

RECORDS = Path(__file__).resolve().parents[1] / "records"


@dataclass(frozen=True)
class Record:
    """A transcript, and what the file says about it."""

    about: dict[str, str]
    lines: list[str]


def read(path: Path) -> Record:
    """Return the record in a file.

    Raises FileNotFoundError, and ValueError when the file says nothing about its inputs or shows no command.
    """
    lines = path.read_text(encoding="utf-8").rstrip().split("\n")
    about: dict[str, str] = {}
    while lines and (lines[0].startswith("# ") or not lines[0].strip()):
        key, _, value = lines.pop(0).removeprefix("# ").partition(":")
        if key.strip():
            about[key.strip()] = value.strip()
    if "inputs" not in about:
        raise ValueError(f"{path.name}: no line '# inputs: ...' at the top")
    if not any(line.startswith("$ ") for line in lines):
        raise ValueError(f"{path.name}: no line begins with '$ '")
    return Record(about, lines)


def excerpt(lines: list[str], first: str | None, last: str | None) -> list[str]:
    """Return the lines from the one that contains ``first`` to the one that contains ``last``, and the commands before.

    Raises ValueError when no line contains the text.
    """
    start = position(lines, first, 0) if first else 0
    end = position(lines, last, start) + 1 if last else len(lines)
    commands = [line for line in lines[:start] if line.startswith("$ ")]
    gap = [["..."] if cut else [] for cut in (start > len(commands), end < len(lines))]
    return [*commands, *gap[0], *lines[start:end], *gap[1]]


def position(lines: list[str], text: str, start: int) -> int:
    for number, line in enumerate(lines[start:], start):
        if text in line:
            return number
    raise ValueError(f"no line of the record contains {text!r}")


def console(lines: list[str], note: list[nodes.Node], name: str) -> list[nodes.Node]:
    block = nodes.literal_block("\n".join(lines), "\n".join(lines), language="console")
    return [
        nodes.container(
            "", block, nodes.paragraph("", "", *note, classes=["command-note"]), classes=["command", name]
        )
    ]


class RecordDirective(SphinxDirective):
    """A transcript; ``:from:`` and ``:to:`` give the first and the last line by a part of their text."""

    required_arguments = 1
    option_spec: ClassVar = {"from": directives.unchanged_required, "to": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        path = RECORDS / f"{self.arguments[0]}.txt"
        self.env.note_dependency(str(path))
        try:
            record = read(path)
            lines = excerpt(record.lines, self.options.get("from"), self.options.get("to"))
        except (OSError, ValueError) as error:
            raise self.error(f"record {self.arguments[0]!r}: {error}") from error
        check = record.about.get("checked by", "make e2e")
        note = [nodes.Text("Output of a real run, compared again by "), nodes.literal("", check)]
        note.append(
            nodes.Text(f", but for times, ports and generated names. It depends on {record.about['inputs']}.")
        )
        return console(lines, note, "record")


class NotRunDirective(SphinxDirective):
    """Commands that no test runs; the argument is the reason, a full sentence."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        found = {"docname": self.env.docname, "commands": list(self.content), "reason": self.arguments[0]}
        self.env.metadata[self.env.docname].setdefault("not_run", []).append(found)
        return console(list(self.content), [nodes.Text(f"No test runs this: {self.arguments[0]}")], "not-run")


class not_run_list(nodes.General, nodes.Element):
    """Stands where the list of commands that are not run goes, until every page has been read."""


class NotRunListDirective(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        self.env.metadata[self.env.docname]["lists_not_run"] = True
        return [not_run_list()]


def pages_that_list(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Have the lists written again in every build, whichever page has changed."""
    return [page for page, about in env.metadata.items() if about.get("lists_not_run")]


def fill_lists(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for place in doctree.findall(not_run_list):
        found = [item for about in app.env.metadata.values() for item in about.get("not_run", [])]
        items = [entry(app, docname, item) for item in found]
        place.replace_self(
            nodes.bullet_list("", *items) if items else nodes.paragraph("", "None at present.")
        )


def entry(app: Sphinx, docname: str, item: dict) -> nodes.list_item:
    line = nodes.paragraph()
    for command in item["commands"]:
        line += [nodes.literal("", command.removeprefix("$ ")), nodes.Text(" ")]
    link = nodes.reference("", app.env.titles[item["docname"]].astext(), internal=True)
    link["refuri"] = app.builder.get_relative_uri(docname, item["docname"])
    line += [nodes.Text("("), link, nodes.Text(f"): {item['reason']}")]
    return nodes.list_item("", line)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(not_run_list)
    app.add_directive("record", RecordDirective)
    app.add_directive("not-run", NotRunDirective)
    app.add_directive("not-run-list", NotRunListDirective)
    app.connect("env-updated", pages_that_list)
    app.connect("doctree-resolved", fill_lists)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
