"""Is every shown command a record of a real run, or on the public list of those that nobody runs?"""

from __future__ import annotations

import re
from pathlib import Path

import commands
import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for path in (ROOT / "docs").rglob("*.md") if "tests" not in path.parts)
LITERATE = [
    *ROOT.glob("go/plugins/*/*.go"),
    *ROOT.glob("proto/larkspur/**/*.proto"),
    *ROOT.glob("examples/plot_*.py"),
]
SHELL = re.compile(r"^\s*(?:`{3,}|:{3,}|\.\. code-block:: *)\{?(?:console|bash|sh|shell)\b", re.MULTILINE)
NOT_RUN = 4  # how many commands no test runs; this number only shrinks

RECORD = """\
# inputs: go/plugins/job, examples/try_it
# checked by: make e2e

$ make try
one
two
three
"""


@pytest.mark.parametrize("path", [*SOURCES, *LITERATE], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_page_has_a_command_that_is_typed_in(path: Path):
    found = SHELL.search(path.read_text(encoding="utf-8"))
    assert not found, f"{found[0] if found else ''}: show a record, or say with not-run why nobody runs it"


def test_a_typed_in_command_would_be_found():
    assert SHELL.search("text\n```console\n$ make\n```\n")
    assert SHELL.search("// .. code-block:: bash\n".removeprefix("// "))
    assert not SHELL.search("```{record} try\n```\n")


def test_the_list_of_commands_that_nobody_runs_only_shrinks():
    shown = sum(path.read_text(encoding="utf-8").count("{not-run} ") for path in SOURCES)
    assert shown == NOT_RUN


def test_every_make_target_on_a_page_exists():
    lists = re.findall(r"^SESSIONS \+?:?= (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    sessions = set(" ".join(lists).split())
    for path in [*SOURCES, *LITERATE, ROOT / "README.md"]:
        for name in re.findall(r"`make ([a-z0-9_]+)", path.read_text(encoding="utf-8")):
            assert name in sessions | {"test", "help"}, f"{path.relative_to(ROOT)} speaks of make {name}"


def test_every_path_on_a_page_exists():
    made = {line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()}
    for path in [*SOURCES, *LITERATE, ROOT / "README.md"]:
        text = path.read_text(encoding="utf-8")
        for name in re.findall(
            r"`((?:docs|examples|go|kustomize|proto|requirements|scripts|sdk)/[\w./-]*)`", text
        ):
            assert name.rstrip("/") in made or (ROOT / name).exists(), (
                f"{path.relative_to(ROOT)} speaks of {name}"
            )


def test_a_record_is_read(tmp_path: Path):
    (tmp_path / "try.txt").write_text(RECORD)
    record = commands.read(tmp_path / "try.txt")
    assert record.about == {"inputs": "go/plugins/job, examples/try_it", "checked by": "make e2e"}
    assert record.lines == ["$ make try", "one", "two", "three"]


@pytest.mark.parametrize("text", ["$ make try\none\n", "# inputs: a\n\none\n", ""])
def test_a_record_says_what_it_depends_on_and_shows_a_command(text: str, tmp_path: Path):
    (tmp_path / "x.txt").write_text(text)
    with pytest.raises(ValueError, match=r"x\.txt: no line"):
        commands.read(tmp_path / "x.txt")


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (None, None, ["$ make try", "one", "two", "three"]),
        ("two", None, ["$ make try", "...", "two", "three"]),
        (None, "two", ["$ make try", "one", "two", "..."]),
        ("one", "one", ["$ make try", "one", "..."]),
    ],
)
def test_an_excerpt_says_where_it_is_cut(first: str | None, last: str | None, shown: list[str]):
    assert commands.excerpt(["$ make try", "one", "two", "three"], first, last) == shown


def test_an_excerpt_of_what_is_not_there_is_an_error():
    with pytest.raises(ValueError, match="no line of the record contains 'four'"):
        commands.excerpt(["$ make try", "one"], "four", None)
