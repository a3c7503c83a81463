"""Does everything exist that a page writes as code? A path, a session, a flag, a name: else the build warns.

Names of this repository come from its files (tree_names). Names of others are in docs/names.toml: where a package has
them, and why the rest are right.
"""

from __future__ import annotations

import fnmatch
import functools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import tree_names
import troubleshoot
from docutils import nodes
from pages import ROOT
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from tree_names import FILE, FLAG, WORD, Names

LOG = logging.getLogger(__name__)
TABLE = ROOT / "docs" / "names.toml"
PATH = re.compile(r"[\w.@*-]+(?:/[\w.@*-]+)*/?")
MAKE = re.compile(r"(?:^|[|;&] *)make ([a-z0-9_]+)")
COPY = {
    "gantry": "larkspur",
    "Gantry": "Larkspur",
    "GANTRY": "LARKSPUR",
}  # the name of the pages' example of a copy


NAMES = "names.pickle"  # in the folder of the doctrees


def messages() -> frozenset[str]:
    """Return the messages of docs/troubleshoot.toml, which have a check of their own."""
    return frozenset(row["message"] for rows in troubleshoot.read().values() for row in rows)


def others(path: Path = TABLE) -> frozenset[str]:
    """Return the names that others have."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    packages = (name for names in found["go"].values() for name in names)
    return frozenset([*packages, *found["known"]])


def missing(literal: str, names: Names, also: frozenset[str]) -> Iterator[str]:
    """Yield what a literal speaks of, and is nowhere; `also` are names of others, whole literals among them."""
    if literal in also:
        return
    for copy, ours in COPY.items():
        literal = literal.replace(copy, ours)
    literal = literal.removeprefix("./")
    if PATH.fullmatch(literal) and ("/" in literal or FILE.fullmatch(literal)):
        yield from path(literal.rstrip("/"), names, also)
        return
    for session in MAKE.findall(literal):
        if session not in names.sessions:
            yield f"make {session}"
    flags = FLAG.findall(literal)
    yield from (f"--{flag}" for flag in flags if flag not in names.flags and f"--{flag}" not in also)
    for word in WORD.findall(MAKE.sub("", FLAG.sub("", literal))):
        if word not in names.words and word not in also:
            yield word


def path(wanted: str, names: Names, also: frozenset[str]) -> Iterator[str]:
    """Yield a path that is not there. Where its first folder is not one of ours, the words of it have to be known."""
    first = wanted.split("/")[0]
    if wanted.startswith(names.made) or wanted in names.folders | names.files | names.spoken | also:
        return
    if any(fnmatch.filter(names.files | names.folders, pattern) for pattern in (wanted, f"*/{wanted}")):
        return
    if ("/" in wanted and first in names.folders) or FILE.fullmatch(wanted.split("/")[-1]):
        yield wanted
        return
    yield from (word for word in WORD.findall(wanted) if word not in names.words and word not in also)


def literals(doctree: nodes.document) -> list[str]:
    """Return what a page writes as code within a sentence; names of tests have a check of their own (proofs)."""
    found = (node.astext() for node in doctree.findall(nodes.literal) if "test" not in node["classes"])
    return list(dict.fromkeys(text.strip() for text in found))


def remember(app: Sphinx, doctree: nodes.document) -> None:
    app.env.metadata[app.env.docname]["literals"] = literals(doctree)


def check(app: Sphinx, env: BuildEnvironment) -> None:
    """Look at all pages in every build: code that one speaks of may have changed, and the page not."""
    names = tree_names.here(Path(app.doctreedir) / NAMES)
    found = functools.partial(missing, names=names, also=others() | messages())
    for page, about in sorted(env.metadata.items()):
        for literal in about.get("literals", []):
            for name in found(literal):
                LOG.warning(
                    "`%s`: there is no %s here, and docs/names.toml does not have it",
                    literal,
                    name,
                    location=page,
                )


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", remember)
    app.connect("env-updated", check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
