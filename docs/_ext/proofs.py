"""Which test proves a claim? The role ``test`` names it, and a page that names one that is not there does not build.

``{test}`TestDeletedTwiceIsFine` `` is a test function of Go or Python anywhere in the repository; where several files
have one of that name, ``{test}`core/get_test.go:TestX` `` says which. ``{test-files}`` lists where a page's tests are.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

import again
from docutils import nodes
from pages import ROOT
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

from devkit import lint

GO = re.compile(r"^func (Test\w+(?=\(t \*testing\.T\))|Example\w+(?=\(\)))", re.MULTILINE)
PYTHON = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)
KINDS = {"_test.go": GO, ".py": PYTHON}


def find(files: Mapping[str, str]) -> dict[str, list[str]]:
    """Return test -> the files that have one of that name, of files given as name -> text."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, text in files.items():
        for suffix, pattern in KINDS.items():
            if name.endswith(suffix):
                for test in pattern.findall(text):
                    found[test].append(name)
    return dict(found)


@functools.cache
def here() -> dict[str, list[str]]:
    """Return the tests of this repository."""
    names = [path.as_posix() for path in lint.tracked() if path.as_posix().endswith(tuple(KINDS))]
    return find({name: (ROOT / name).read_text(encoding="utf-8") for name in names})


def resolve(text: str, tests: Mapping[str, list[str]]) -> tuple[str, str]:
    """Return (file, test) for what a page says; raises LookupError when that is none or several."""
    place, _, test = text.rpartition(":")
    files = [name for name in tests.get(test, []) if name.endswith(place)]
    if len(files) != 1:
        where = f"in several files, say which: {', '.join(files)}" if files else "in no file"
        raise LookupError(f"the test {text!r} is {where}")
    return files[0], test


class TestRole(SphinxRole):
    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        try:
            file, test = resolve(self.text, here())
        except LookupError as error:
            message = self.inliner.reporter.error(str(error), line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        again.remember(self.env, "test", self.text, (file, test))
        named = self.env.metadata[self.env.docname].setdefault("tests", [])
        named.append((file, test))
        return [breakable(test)], []


def breakable(test: str) -> nodes.literal:
    """Return a name that may be broken between its words, and copied without what breaks it."""
    result = nodes.literal(classes=["test"])
    for word in re.split(r"(?<=[a-z0-9_])(?=[A-Z])|(?<=_)", test):
        result += [nodes.Text(word), nodes.raw("", "<wbr>", format="html")]
    return result


class test_files(nodes.General, nodes.Element):
    """Stands where the list goes until the page has been read to its end."""


class TestFilesDirective(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        return [test_files()]


def listed(named: Iterable[tuple[str, str]]) -> nodes.bullet_list:
    """Return a list of files, each with its tests in the order of the alphabet."""
    by_file: dict[str, set[str]] = defaultdict(set)
    for file, test in named:
        by_file[file].add(test)
    items = []
    for file in sorted(by_file):
        line = nodes.paragraph("", "", nodes.literal("", file), nodes.Text(": "))
        line += nodes.Text(", ".join(sorted(by_file[file])))
        items.append(nodes.list_item("", line))
    return nodes.bullet_list("", *items)


def fill(app: Sphinx, doctree: nodes.document) -> None:
    for place in list(doctree.findall(test_files)):
        found = listed(app.env.metadata[app.env.docname].get("tests", []))
        place.replace_self([*introduced(place), found])


def introduced(place: nodes.Node) -> list[nodes.Node]:
    """Return a sentence that says what the list is; none where a heading does."""
    before = place.previous_sibling()
    return (
        [] if isinstance(before, nodes.title) else [nodes.paragraph("", "Where the tests of this page are:")]
    )


def look_anew(app: Sphinx, *_: object) -> None:
    """Tests are looked for in every build: a page that did not change may name one that has gone."""
    here.cache_clear()


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(test_files)
    app.add_role("test", TestRole())
    app.add_directive("test-files", TestFilesDirective)
    app.connect("doctree-read", fill)
    app.connect("builder-inited", look_anew)
    again.watch(app, "test", lambda text: resolve(text, here()))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
