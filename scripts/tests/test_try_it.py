"""Does `make try` show what the plugin in the tree does, and what an edit changes?"""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from devkit import toolchain, try_it


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return build.go of a copy of the Go code that try_it looks at from now on."""
    ignored = shutil.ignore_patterns("localcluster", "tools")
    shutil.copytree(toolchain.ROOT / "go", tmp_path / "go", ignore=ignored)
    monkeypatch.setattr(try_it, "ROOT", tmp_path)
    monkeypatch.setattr(try_it, "RENDER", tmp_path / "render")
    monkeypatch.setattr(try_it, "LAST", tmp_path / "last.yaml")
    return tmp_path / "go/plugins/job/build.go"


def shown() -> str:
    console = Console(width=try_it.WIDTH, record=True, file=io.StringIO())
    try_it.show(console)
    return console.export_text()


def test_an_edit_of_build_go_is_shown_and_pointed_out(copy: Path) -> None:
    first = shown()
    assert "completions: 4" in first
    assert "OOMKilled" in first
    assert "changed since last time" not in first
    line = "TTLSecondsAfterFinished: &spec.TtlSecondsAfterFinished,"
    assert line in copy.read_text()
    copy.write_text(copy.read_text().replace(line, line + " Suspend: ptr.To(true),"))
    second = shown()
    assert "changed since last time" in second
    assert "+  suspend: true" in second


def test_a_plugin_that_does_not_compile_is_shown_with_the_compilers_words(copy: Path) -> None:
    copy.write_text(copy.read_text().replace("return pod", "return pods"))
    with pytest.raises(
        toolchain.ToolchainError, match=r"does not compile(.|\n)*build.go:\d+:\d+: undefined: pods"
    ):
        try_it.show(Console(quiet=True))


def test_a_refusal_is_shown_in_the_plugins_words(tmp_path: Path) -> None:
    try_it.build()
    with pytest.raises(toolchain.ToolchainError, match=r"CreateTaskRequest.*unknown field \"templates\""):
        try_it.render("resource", '{"templates": {}}')
