"""Which version does a sentence speak of? The role ``version`` shows one of docs/versions.toml, so none is typed.

``typed`` finds those that somebody typed all the same, in the sources of the pages.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import prose
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ConfigError
from sphinx.util.docutils import SphinxDirective, SphinxRole

ROOT = Path(__file__).resolve().parents[2]
TABLE = "docs/versions.toml"
TOOLS = (
    "Flyte|FlytePropeller|Flyteplugins|flytekit|flyteidl|Go|Python|PySpark|Spark|Java|Kubernetes|etcd|Prometheus"
    "|Debian|Chromium|Node(?:\\.js)?|operator|buf|protoc|protobuf|cel-go|gRPC|kustomize|JobSet|uv|nox|Sphinx"
    "|[Vv]ersions?|before|newer than"
)
INTEGERS = "Python|PySpark|Spark|Java|Kubernetes|Go|Node(?:\\.js)?|Debian|Chromium"
VERSION = re.compile(
    rf"(?<![\w.:/-])v?\d+\.\d+\.\d+(?!\.?\d)(?:[-.]?(?:rc|beta|alpha)\w*)?"
    rf"|\b(?:{TOOLS})\s+v?\d+\.\d+(?!\.?\d)|\b(?:{INTEGERS})\s+\d+(?!\.?\d)|[\w-]+==\d[\w.]*"
)


@dataclass(frozen=True)
class Typed:
    """A text that has a version and may have it: either it is `version`'s, or `why` says what it is."""

    file: str
    text: str
    version: str = ""
    why: str = ""


def table(root: Path = ROOT) -> dict:
    return tomllib.loads((root / TABLE).read_text(encoding="utf-8"))


def values(root: Path = ROOT, about: dict | None = None) -> dict[str, str]:
    """Return name -> version; raises ConfigError when a file does not say it."""
    found = {}
    for name, given in (about or table(root))["version"].items():
        if "is" in given:
            found[name] = given["is"]
            continue
        path = root / given["file"]
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        match = re.search(given["pattern"], text, re.MULTILINE)
        if match is None:
            raise ConfigError(
                f"{given['file']} does not say which version of {name} is used (pattern {given['pattern']})"
            )
        found[name] = match[1].replace(given.get("written", match[1]), given.get("as", match[1]))
    return found


def feet(root: Path = ROOT) -> dict[str, str]:
    """Return what the foot of every page names, in the order of the table."""
    about = table(root)
    shown = {name: given["foot"] for name, given in about["version"].items() if "foot" in given}
    found = values(root, {"version": {name: about["version"][name] for name in shown}})
    return {foot: found[name] for name, foot in shown.items()}


def exceptions(root: Path = ROOT) -> list[Typed]:
    return [Typed(**given) for given in table(root).get("typed", [])]


def found(text: str) -> Iterator[str]:
    """Yield what looks like a version in a sentence."""
    yield from (match[0] for match in VERSION.finditer(text))


def typed(texts: dict[str, str], allowed: list[Typed], known: dict[str, str]) -> Iterator[str]:
    """Yield a sentence for each version that somebody typed, in texts given as file -> prose."""
    for file, text in texts.items():
        for one in (one for one in allowed if one.file == file):
            if one.text not in text:
                yield f"{file} has no {one.text!r} any more: take it out of {TABLE}"
            if one.version and known[one.version] not in one.text:
                yield f"{file} has {one.text!r}, and {one.version} is {known[one.version]}"
            text = text.replace(one.text, "")
        for version in found(text):
            yield f"{file}: {version!r} is typed: show it with the role version, from {TABLE}"


def here() -> list[str]:
    """Return what `typed` says about the pages of this repository."""
    return list(typed(prose.sources(ROOT), exceptions(), values()))


class VersionRole(SphinxRole):
    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        self.env.note_dependency(str(ROOT / TABLE))
        given = table()["version"].get(self.text)
        if given is None:
            message = self.inliner.reporter.error(f"{TABLE} has no version {self.text!r}", line=self.lineno)
            return [], [message]
        self.env.note_dependency(str(ROOT / given.get("file", TABLE)))
        return [nodes.Text(values(about={"version": {self.text: given}})[self.text])], []


class VersionsDirective(SphinxDirective):
    """The versions that no file of the repository says, and why they are right."""

    def run(self) -> list[nodes.Node]:
        self.env.note_dependency(str(ROOT / TABLE))
        items = [
            nodes.list_item("", nodes.paragraph("", f"{name}: {given['is']}, {given['why']}"))
            for name, given in table()["version"].items()
            if "is" in given
        ]
        return [nodes.bullet_list("", *items)]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_role("version", VersionRole())
    app.add_directive("typed-versions", VersionsDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
