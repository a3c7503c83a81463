"""Does sdk/larkspur-console compile, and do its own tests pass? Node runs them; `make test` runs this."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from devkit import console, protos, toolchain

DELETED = pytest.mark.skipif(
    not console.there(), reason="the console was deleted, which is one of the decisions"
)


@DELETED
def test_its_types_hold_and_its_tests_pass(capfd: pytest.CaptureFixture[str]) -> None:
    console.check()
    assert "pass" in capfd.readouterr().out  # what else it says, pytest shows when this fails


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package, with the same node_modules, that a test may damage; console works on it."""
    package = tmp_path / "package"
    shutil.copytree(console.PACKAGE, package, ignore=shutil.ignore_patterns("node_modules"))
    (package / "node_modules").symlink_to(console.tools()[1])
    monkeypatch.setattr(console, "PACKAGE", package)
    monkeypatch.setattr(console.node, "modules", lambda folder, _: folder / "node_modules")
    return package


@DELETED
@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "src/gen/larkspur/v1/job_pb.ts",
            "  completions?: number;",
            "  completions?: number; gangSize?: number;",
            "gangSize",
        ),
        ("src/html.ts", "return escape(String(part))", "return String(part)", "every value is escaped"),
        (
            "src/rules.ts",
            "compare(a, b) <= 0 ? a : b",
            "compare(a, b) <= 0 ? b : a",
            "the first field speaks",
        ),
    ],
)
def test_a_mistake_is_noticed(copy: Path, capfd, file: str, old: str, new: str, said: str) -> None:
    text = (copy / file).read_text()
    assert text.count(old) == 1, f"{file} has {text.count(old)} times {old!r}"
    (copy / file).write_text(text.replace(old, new))
    with pytest.raises(toolchain.ToolchainError, match=r"of sdk/larkspur-console failed"):
        console.check()
    assert said in capfd.readouterr().out


def test_where_the_console_was_deleted_nothing_is_made_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "node_modules").mkdir()  # git deletes what it knows
    monkeypatch.setattr(console, "PACKAGE", tmp_path)
    console.typescript(protos.image(), tmp_path / "out")
    console.bundle(tmp_path / "out")
    assert not (tmp_path / "out").exists()
    console.check()
    assert "there is nothing to check" in capsys.readouterr().out
    assert console.made(console.TYPES) == console.made(console.BUNDLE) == []
