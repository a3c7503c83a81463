"""Which errors can our code show to a user, and which of them does the troubleshooting page have?

An error is a text that Go makes an error of, or Python raises, in the plugin, the connector and the SDK's packages. It
is on the page when docs/troubleshoot.toml has a message of ours with its words.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import troubleshoot
from pages import ROOT

from devkit import lint

CODE = re.compile(
    r"^go/(connector|plugins|cmd/connector)/(?!gen/|.*_test\.go$|.*testdata/).*\.go$"
    r"|^sdk/(flyteconnector/src/flyteconnector\w*|flytekitplugins-larkspur/src)/.*\.py$"
)
MADE = re.compile(
    r"(?:fmt\.Errorf|errors\.New|status\.Errorf?|field\.\w+)\(\s*(?:codes\.\w+,\s*)?"
    r'((?:"(?:[^"\\]|\\.)*"|`[^`]*`)(?:\s*\+\s*\n?\s*"(?:[^"\\]|\\.)*")*)'
)
VERB = re.compile(r"%[-+#]?[\d.]*[a-zA-Z]")
PIECE = re.compile(r'"((?:[^"\\]|\\.)*)"|`([^`]*)`')
WORDS = 2  # a text with fewer is a name for another error, which it wraps


@dataclass(frozen=True)
class Text:
    """An error as the code has it, with … for what is filled in."""

    file: str
    line: int
    text: str


def of_go(name: str, source: str) -> Iterator[Text]:
    for found in MADE.finditer(source):
        whole = "".join(one or other for one, other in PIECE.findall(found[1]))
        text = VERB.sub("…", whole.replace('\\"', '"').replace("\\n", " "))
        yield Text(name, source.count("\n", 0, found.start()) + 1, text)


def of_python(name: str, source: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            yield Text(name, node.lineno, written(node.exc.args[0]))


def written(node: ast.expr) -> str:
    """Return a text with … for its values, and for what is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(written(part) if isinstance(part, ast.Constant) else "…" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return written(node.left) + written(node.right)
    return "…"


def says(text: Text) -> bool:
    """Return whether a text says something by itself."""
    return len(re.findall(r"[a-zA-Z]{2,}", text.text)) >= WORDS


def here() -> list[Text]:
    """Return the errors of this repository."""
    found: list[Text] = []
    for path in lint.tracked():
        name = path.as_posix()
        if CODE.match(name):
            source = (ROOT / path).read_text(encoding="utf-8")
            found += of_go(name, source) if path.suffix == ".go" else of_python(name, source)
    return [text for text in found if says(text)]


def explained(text: Text, rows: list[troubleshoot.Row]) -> bool:
    """Return whether a message is of this text: some of its words in the same file, or all of them in another."""
    for row in rows:
        found = [part in text.text for part in troubleshoot.parts(row["message"])]
        if "code" in row and (any(found) if row["code"] == text.file else all(found)):
            return True
    return False


def missing(texts: list[Text], rows: list[troubleshoot.Row]) -> list[Text]:
    """Return the errors that no message of the page explains."""
    return [text for text in texts if not explained(text, rows)]


def rows(path: Path = troubleshoot.SOURCE) -> list[troubleshoot.Row]:
    return [row for place in troubleshoot.read(path).values() for row in place]
