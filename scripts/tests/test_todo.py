"""Does `make todo` find what is left to decide, and does nothing depend on the markers that it finds?"""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from devkit import lint, markers, todo, toolchain
from devkit.toolchain import ROOT, ToolchainError

MARK = "TO" + "DO"
TABLE = """
[[todo]]
slug = "first"
ask = "What comes first?"
where = ["go/a.go", "b.yaml", "spark.go"]
done = "You see it."
tests = ["go/a_test.go::TestA", "spark_test.go::TestSpark"]
page = "a"

[[todo]]
slug = "second"
ask = "What comes then?"
where = ["b.yaml"]
done = "You see that, too."
page = "b"
[todo.still]
"b.yaml" = "example.com"

[[todo]]
slug = "other"
ask = "Not here?"
where = ["spark.go"]
done = "Never."
page = "c"
"""
GO = f"package a\n\n// {MARK}(first): Do this.\nvar a = 1\n"
YAML = f"a:\n  # {MARK}(first): Do that, too.\n  b: 1\n# {MARK}(second): Name your host.\nc: registry.example.com\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with three markers, which has no part with Spark."""
    files = {"scripts/todo.toml": TABLE, "go/a.go": GO, "go/a_test.go": "package a\n", "b.yaml": YAML}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    monkeypatch.setattr(lint, "ROOT", tmp_path)
    monkeypatch.setattr(todo, "ROOT", tmp_path)
    return tmp_path


def without(path: Path, slug: str) -> None:
    kept = [line for line in path.read_text().splitlines() if f"{MARK}({slug})" not in line]
    path.write_text("\n".join(kept) + "\n")


def test_the_list_is_in_the_order_of_the_table_with_every_place(tree: Path) -> None:
    assert list(todo.report(todo.states(), 80)) == [
        "[ ]  1  first   What comes first?",
        "         go/a.go:3",
        "         b.yaml:2",
        "[ ]  2  second  What comes then?",
        "         b.yaml:4",
        "",
        "0 of 2 decisions taken, 3 markers left.",
        "`make todo ARGS=SLUG` says more of one.",
        "Delete a marker's line when its place is decided.",
    ]


def test_a_decision_is_taken_when_its_last_marker_is_gone(tree: Path) -> None:
    without(tree / "go/a.go", "first")
    assert [state.taken for state in todo.states()] == [False, False]
    without(tree / "b.yaml", "first")
    said = list(todo.report(todo.states(), 80))
    assert said[0] == "[x]  1  first   What comes first?"
    assert said[1].startswith("[ ]  2")
    assert "1 of 2 decisions taken, 1 markers left." in said[4]


def test_a_marker_that_is_gone_too_early_is_noticed_by_what_still_stands_there(tree: Path) -> None:
    without(tree / "b.yaml", "second")
    assert "         b.yaml: still has example.com" in todo.report(todo.states(), 80)
    (tree / "b.yaml").write_text("c: registry.test\n")
    assert todo.states()[1].taken


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal_but_for_names(width: int) -> None:
    name = re.compile(r"(Tests)? *\S+(:\d+|: still has .+|: decided)?")
    states = todo.states()
    said = [*todo.report(states, width), *(line for state in states for line in todo.whole(state, width))]
    assert not [line for line in said if len(line) > width and not name.fullmatch(line)]


def test_one_decision_is_shown_whole(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    without(tree / "go/a.go", "first")
    assert todo.main(["first"]) == 0
    said = capsys.readouterr().out
    for part in (
        "What comes first?",
        "b.yaml:2\n    Do that, too.",
        "go/a.go: decided",
        "You see it.",
        "TestA",
    ):
        assert part in said
    assert "spark" not in said.lower()


def test_strict_fails_while_a_decision_is_left(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert todo.main([]) == 0
    assert todo.main(["--strict"]) == 1
    assert capsys.readouterr().err == "todo: not decided yet: first, second\n"
    (tree / "go/a.go").write_text("package a\n")
    (tree / "b.yaml").write_text("a: 1\n")
    assert todo.main(["--strict"]) == 0


def test_a_slug_that_nobody_knows_is_answered_with_those_that_there_are(tree: Path) -> None:
    with pytest.raises(ToolchainError, match="no decision 'third': must be one of first, second"):
        todo.main(["third"])


def test_a_marker_that_the_table_does_not_have_is_named_with_its_place(tree: Path) -> None:
    (tree / "go/a.go").write_text(GO.replace("first", "third"))
    with pytest.raises(ToolchainError, match=r"go/a.go:3: .*has no 'third', only first, second"):
        todo.states()
    assert [breach.partition(" has ")[0] for breach in lint.marked(lint.tracked())] == [
        "go/a.go:3: scripts/todo.toml"
    ]


def test_a_wrong_key_of_the_table_is_named(tree: Path) -> None:
    (tree / "scripts/todo.toml").write_text(TABLE.replace("page =", "pages ="))
    with pytest.raises(ToolchainError, match=r"scripts/todo.toml: first: .*'pages'"):
        markers.load(tree)


def test_in_a_plugin_a_decision_without_a_marker_is_no_breach_and_in_the_book_it_is(tree: Path) -> None:
    without(tree / "b.yaml", "second")
    assert not list(lint.marked(lint.tracked()))
    (tree / markers.BOOK).mkdir(parents=True)
    assert list(lint.marked(lint.tracked())) == ["scripts/todo.toml: second: b.yaml has no such marker"]


MARKED = sorted({marker.path for marker in markers.find(lint.written(lint.tracked()))})


@pytest.fixture(scope="module")
def stripped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every marked file of this repository, each without its markers."""
    folder = tmp_path_factory.mktemp("stripped")
    for path in MARKED:
        text = (ROOT / path).read_text(encoding="utf-8")
        kept = [
            line for line in text.splitlines(keepends=True) if not markers.MARKER.match(line.rstrip("\n"))
        ]
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("".join(kept), encoding="utf-8")
    return folder


def test_without_its_markers_everything_is_formatted(stripped: Path) -> None:
    gofmt = Path(toolchain.go().command).with_name("gofmt")
    done = subprocess.run([gofmt, "-l", stripped], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    for command in (["check", "-q"], ["format", "--check", "-q"]):
        words = ["ruff", *command, "--config", str(ROOT / "pyproject.toml"), str(stripped)]
        assert subprocess.run(words, capture_output=True, text=True).stdout == ""


def test_without_its_markers_every_file_says_the_same(stripped: Path) -> None:
    for path in MARKED:
        same(path, *((root / path).read_text(encoding="utf-8") for root in (ROOT, stripped)))


def same(path: Path, before: str, after: str) -> None:
    assert before != after, path
    if path.suffix == ".py":
        assert ast.dump(ast.parse(before)) == ast.dump(ast.parse(after))
    elif path.suffix == ".yaml":
        assert list(yaml.safe_load_all(before)) == list(yaml.safe_load_all(after))
    elif (
        path.suffix == ".proto"
    ):  # a comment between blank lines is nobody's, so generated code has none of it
        alone = re.findall(r"(?<=\n\n)// " + MARK + r".*\n(?=\n)", before)
        assert len(alone) == len([line for line in before.splitlines() if markers.MARKER.match(line)])
