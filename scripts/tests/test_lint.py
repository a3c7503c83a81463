"""Does each check of `devkit.lint` find what it is for, and only that? On a small tree made for each case."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from devkit import lint, markers

LONG_GO = "package a\n\nfunc Long() {\n" + "\tx()\n" * 50 + "}\n\nfunc short() {\n}\n"
LONG_PYTHON = "def long():\n" + "    x()\n" * 50
NAME = "larkspur"
HOST = "proxy.golang" + ".org"


@pytest.fixture
def breaches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function: a check and one file -> what the check says about it."""
    monkeypatch.setattr(lint, "ROOT", tmp_path)

    def check(check: lint.Check, name: str, text: str) -> list[str]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
        return list(check([Path(name)]))

    return check


@pytest.mark.parametrize(
    ("check", "name", "text", "part"),
    [
        (lint.file_lines, "a.go", "\n" * 201, "a.go: 201 lines"),
        (lint.go_functions, "a.go", LONG_GO, "a.go:3: Long has 52 lines"),
        (lint.go_functions, "a.go", LONG_GO.replace("Long", "(p *P) Long", 1), "Long has 52 lines"),
        (lint.python_functions, "a.py", LONG_PYTHON, "a.py:1: long has 51 lines"),
        (lint.marked, "a.go", "// TO" + "DO: later\n", "a.go:1: a marker reads"),
        (lint.marked, "a.py", "x = 1  # FIX" + "ME\n", "a.py:1: a marker reads"),
        (lint.marked, "a.go", "\tctx := context.TO" + "DO()\n", "a.go:1: a marker reads"),
        (lint.residue, "a.md", "see /ro" + "ot/x\n", "belongs to one machine"),
        (lint.residue, "a.md", f"from {HOST}\n", "belongs to one machine or one registry"),
        (lint.lock_files, "requirements/a.txt", "a @ https://x/y\n", "a lock file has names"),
        (lint.lock_files, "requirements/a.txt", "--index-url x\n", "a lock file has names"),
        (lint.lock_files, "a/package-lock.json", '  "resolved": "https://x/y",\n', "a lock file has names"),
        (lint.file_lines, "a.ts", "\n" * 201, "a.ts: 201 lines"),
        (lint.residue, "a.ts", "// registry.npm" + "js.example\n", "belongs to one machine or one registry"),
        (lint.kept, "go/connector/a.go", f"// {NAME.title()}\n", "go/connector/a.go:1: names the plugin"),
        (lint.kept, f"go/connector/{NAME}.go", "", ".go:0: names the plugin"),
    ],
)
def test_a_breach_is_found(breaches, check: lint.Check, name: str, text: str, part: str) -> None:
    found = breaches(check, name, text)
    assert len(found) == 1
    assert part in found[0]


@pytest.mark.parametrize(
    ("check", "name", "text"),
    [
        (lint.file_lines, "a.go", "\n" * 200),
        (lint.file_lines, "go/gen/a.pb.go", "\n" * 5000),
        (lint.file_lines, "a/gen/a_pb.ts", "\n" * 5000),
        (lint.file_lines, "go/connector/gen/a.go", "\n" * 5000),
        (lint.go_functions, "a.go", LONG_GO.replace("\tx()\n" * 50, "\tx()\n" * 38)),
        (lint.python_functions, "a.py", LONG_PYTHON.replace("    x()\n" * 50, "    x()\n" * 39)),
        (lint.marked, "a.go", "// TO" + "DO(phases): List every state that your operator reports.\n"),
        (lint.marked, "a.md", "<!-- TO" + "DO(names): Say what it is. -->\n"),
        (lint.marked, "a.md", "The form is `TO" + "DO(slug): Do it.`\n"),
        (lint.residue, "a.md", "see /tmp/x, .nox/work/bin and https://flyte.org\n"),
        (lint.lock_files, "requirements/a.txt", "a==1 \\\n    --hash=sha256:0\n"),
        (lint.kept, "go/plugins/job/a.go", f"// {NAME}\n"),
    ],
)
def test_what_is_right_is_left_alone(breaches, check: lint.Check, name: str, text: str) -> None:
    assert breaches(check, name, text) == []


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [
        ("a.go", '// doc\npackage a\n\nimport (\n\t"fmt"\n)\n\nvar x = f(\n\t1, // why\n)\n', 2),
        ("a.py", '"""Doc.\n\nMore.\n"""\n\n# why\nx = 1\n\n\ndef f():\n    """Doc."""\n    return x\n', 3),
    ],
)
def test_code_lines_are_neither_blank_nor_prose(breaches, name: str, text: str, count: int) -> None:
    breaches(lint.residue, name, text)
    assert lint.code_lines(Path(name)) == count


@pytest.mark.parametrize("book", [True, False])
def test_the_budget_of_what_a_reader_owns_holds_in_the_book_alone(
    book: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"ROOT": tmp_path, "tracked": list, "CHECKS": (lint.owned,)}.items():
        monkeypatch.setattr(lint, name, value)
    if book:
        (tmp_path / markers.BOOK).mkdir(parents=True)
    assert lint.main([]) == (1 if book else 0)
    assert f"{1 if book else 0} checks" in capsys.readouterr().out


def test_where_a_copy_comes_from_may_be_a_folder(breaches) -> None:
    assert breaches(lint.residue, ".copier-answers.yml", "_src_path: /ro" + "ot/book\n") == []


def test_a_budget_without_files_is_a_breach(breaches) -> None:
    assert len(breaches(lint.owned, "a.go", "")) == len(lint.OWNED)


def test_new_files_count_before_they_are_added(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(lint, "ROOT", tmp_path)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("ignored.py\n")
    for name in ("new.py", "ignored.py"):
        (tmp_path / name).write_text("x = 1\n")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\0")
    assert {str(path) for path in lint.tracked()} == {".gitignore", "new.py"}
