"""Is what AGENTS.md tells programs true? Its commands, paths, budgets and words are those of this tree."""

from __future__ import annotations

import re

import pytest

from devkit import lint, markers
from devkit.toolchain import ROOT

FILE = ROOT / "AGENTS.md"
TEXT = FILE.read_text(encoding="utf-8")
LITERALS = re.findall(r"`([^`\n]+)`", TEXT)
PATH = re.compile(r"[\w.*-]+(?:/[\w.*-]+)*/?")


def sessions() -> set[str]:
    lists = re.findall(r"^SESSIONS \+?:?= (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return {"test", *" ".join(lists).split()}


def unknown(literals: list[str]) -> list[str]:
    """Return the commands that there are not."""
    return [
        text for text in literals if (found := re.match(r"make (\w+)", text)) and found[1] not in sessions()
    ]


def gone(literals: list[str]) -> list[str]:
    """Return the paths that there are not; what sessions make lies in build."""
    paths = [
        text for text in literals if PATH.fullmatch(text) and ("/" in text or re.search(r"\w\.md$", text))
    ]
    return [text for text in paths if not text.startswith("build/") and not list(ROOT.glob(text.rstrip("/")))]


def test_every_command_and_every_path_exists():
    assert len([text for text in LITERALS if text.startswith("make ")]) >= 8
    assert unknown(LITERALS) == []
    assert gone(LITERALS) == []


def test_what_does_not_exist_would_be_found():
    assert unknown(["make test", "make gone"]) == ["make gone"]
    assert gone(["go/plugins/gone/", "GONE.md", ".ci/run", "no path"]) == ["go/plugins/gone/", "GONE.md"]


def test_the_budgets_are_those_of_lint():
    assert f"at most {lint.FILE_LINES} lines, a function {lint.FUNCTION_LINES}" in TEXT


def test_what_is_kept_is_what_lint_knows_as_kept():
    rows = re.findall(r"^\| (.+?) \| \*\*keep\*\*", TEXT, re.MULTILINE)
    named = {path for row in rows for path in re.findall(r"`([^`]+)`", row)}
    assert named == {path for path in lint.KEPT if (ROOT / path).is_dir()}


def test_the_decision_that_it_shows_is_one():
    slug = re.search(r"`make todo ARGS=(\w+)`", TEXT)
    assert slug
    known = {decision.slug for decision in markers.load()}
    assert slug[1] in known or not (ROOT / markers.BOOK).is_dir()


def test_what_ci_runs_is_in_it():
    """Of CI's commands, those that every copy has; the book's own are not for an adopter."""
    text = re.sub(
        r"# part:book begin\n.*?# part:book end\n", "", (ROOT / ".ci/run").read_text(), flags=re.DOTALL
    )
    for line in re.findall(r"(?:^|\s)make ([a-z0-9_ ]+?)(?= ARGS| 2>|$)", text, re.MULTILINE):
        for session in line.split():
            assert any(literal.split()[:2] == ["make", session] for literal in LITERALS), session


def test_it_is_short():
    assert len(TEXT.splitlines()) <= 90


@pytest.mark.parametrize("word", ["TODO(", "FIXME"])
def test_it_has_no_marker_of_its_own(word: str):
    assert not [line for line in TEXT.splitlines() if word in re.sub(r"`[^`]*`", "", line)]
