"""What does an adopter decide? ``{todo-table}`` is scripts/todo.toml; ``{todo-list} [SLUG]`` is what `make todo` says.

The list is made when the page is built, of the tree that the site is built from.
"""

from __future__ import annotations

import re
from typing import ClassVar

import again
from commands import console
from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from measured import table
from pages import ROOT
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from devkit import markers, todo

HEAD = ["Decision", "Where", "Done when"]
WIDTH = 96  # of a code block, in characters


def decision(number: int, about: markers.Decision) -> str:
    return f"{number}\\. `{about.slug}`: {about.ask} ({{doc}}`/{about.page}`)"


def places(about: markers.Decision) -> list[nodes.Node]:
    """Return the files, each on a line of its own, that may be broken between its folders."""
    found: list[nodes.Node] = []
    for name in about.where:
        found.append(nodes.literal(classes=["test"]))
        for part in re.split(r"(?<=/)", name):
            found[-1] += [nodes.Text(part), nodes.raw("", "<wbr>", format="html")]
        found.append(nodes.Text(" "))  # for who copies it, or reads it as Markdown
    return found


def done(about: markers.Decision) -> str:
    return " ".join([about.done, *(f"{{test}}`{name.replace('::', ':')}`" for name in about.tests)])


def said(about: str) -> list[str]:
    """Return what `make todo` says of one decision, or of all ("")."""
    states = todo.states()
    chosen = [state for state in states if state.decision.slug == about]
    return list(todo.whole(chosen[0], WIDTH) if about else todo.report(states, WIDTH))


class Todo(SphinxDirective):
    """A page with a list is read again when the markers have moved, as they do with changes of the code."""

    def parsed(self, text: str) -> list[nodes.Node]:
        place = nodes.Element()
        self.state.nested_parse(StringList([text], source=markers.TABLE), 0, place)
        return place.children[0].children if place.children else []

    def reread(self) -> None:
        self.env.note_dependency(str(ROOT / markers.TABLE))


class TodoTable(Todo):
    def run(self) -> list[nodes.Node]:
        self.reread()
        cells = [
            [
                self.parsed(decision(number, about)),
                [*places(about), *self.parsed(about.also)],
                self.parsed(done(about)),
            ]
            for number, about in enumerate(markers.load(), 1)
        ]
        shown = table(HEAD, cells, (34, 36, 30))
        shown["classes"] += ["stack", "decisions"]
        return [shown]


class TodoList(Todo):
    """``:to: SLUG`` ends the list before that decision; what it says at its end is shown then, too."""

    optional_arguments = 1
    option_spec: ClassVar = {"to": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        self.reread()
        slug = self.arguments[0] if self.arguments else ""
        if slug and slug not in (known := todo.slugs(todo.states())):
            raise self.error(f"todo-list: no decision {slug!r}: want one of {known}")
        shown = said(slug)
        again.remember(self.env, "todo", slug, shown)
        if end := self.options.get("to"):
            last = next(number for number, line in enumerate(shown) if f"  {end} " in line)
            shown = [*shown[:last], "...", *shown[-4:]]
        command = f"$ make todo ARGS={slug}" if slug else "$ make todo"
        return console([command, *shown], [nodes.Text("As this repository is now.")], "record")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("todo-table", TodoTable)
    app.add_directive("todo-list", TodoList)
    again.watch(app, "todo", said)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
