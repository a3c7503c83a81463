"""What is written in words? The sources of the pages, without code and without what programs fill in."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from devkit import lint

FENCE = re.compile(
    r"^(?P<fence>`{3,}|:{3,})(?:\{(?P<name>[\w-]+)\})?[^\n]*\n(?P<body>.*?)^(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
NO_PROSE = {"literalinclude", "record", "not-run", "raw", "eval-rst", "mermaid", "toctree", "image"}
PAGE = re.compile(
    r"^(?!CHANGELOG\.md|.*/CHANGELOG\.md|docs/records/|docs/tests/|go/localcluster/operators/).*\.md$"
)
TOML = (
    "docs/decide.toml",
    "docs/troubleshoot.toml",
    "docs/glossary.toml",
    "docs/steps.toml",
    "scripts/todo.toml",
)
LITERATE = re.compile(
    r"^(go/plugins/\w+/(?!\w+_test)\w+\.go|proto/larkspur/.*\.proto"
    r"|examples/plot_\w+\.py|examples/notebook_task/\w+\.py)$"
)
COMMENT = re.compile(r"^\s*(?://|#)(.*)$", re.MULTILINE)
DOCSTRING = re.compile(r'^\s*[rf]?"""(.*?)"""', re.MULTILINE | re.DOTALL)


def of_markdown(text: str) -> str:
    """Return a page without its code blocks, and with what other directives have in them."""
    return FENCE.sub(
        lambda found: "" if (found["name"] or "raw") in NO_PROSE else of_markdown(found["body"]), text
    )


def of_toml(value: object) -> Iterator[str]:
    """Yield all texts in a table."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from of_toml(each)


def of_code(text: str) -> str:
    """Return the comments and docstrings of a file that is a page."""
    return "\n".join([*DOCSTRING.findall(text), *COMMENT.findall(DOCSTRING.sub("", text))])


def words(name: str, text: str) -> str | None:
    """Return the prose of a file, or None for one that is no page."""
    if PAGE.match(name):
        return of_markdown(text)
    if name in TOML:
        return "\n".join(of_toml(tomllib.loads(text)))
    return of_code(text) if LITERATE.match(name) else None


def sources(root: Path) -> dict[str, str]:
    """Return file -> prose, of all that a reader of the site or of the repository reads."""
    found = {}
    for path in lint.tracked():
        name = path.as_posix()
        if name.endswith((".md", ".toml", ".go", ".proto", ".py")):
            said = words(name, (root / path).read_text(encoding="utf-8"))
            if said is not None:
                found[name] = said
    return found
