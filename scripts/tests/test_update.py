"""What does an update say when it cannot begin, when both sides changed the same lines, and when it is done?"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from devkit import update


def git(folder: Path, *words: str) -> int:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b")
    return subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True).returncode


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with an answers file, a program that generates nothing, and a file `a`."""
    monkeypatch.setattr(update, "ROOT", tmp_path)
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts/generate_protos.py").write_text("")
    (tmp_path / update.ANSWERS).write_text("_commit: v1\n")
    (tmp_path / "a").write_text("one\n")
    for words in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-qm", "first")):
        assert git(tmp_path, *words) == 0
    return tmp_path


def test_a_tree_that_is_no_copy_is_told_so(copy: Path):
    (copy / update.ANSWERS).unlink()
    with pytest.raises(
        update.UpdateError, match=r"\.copier-answers\.yml is missing.*the template itself has none"
    ):
        update.main([])


@pytest.mark.parametrize(
    "line", ["_commit: v1.0.0", '_commit: "v1.0.0"', "name: x\n_commit: 'v1.0.0'  # then"]
)
def test_the_version_is_read_as_copier_and_as_rename_write_it(copy: Path, line: str):
    (copy / update.ANSWERS).write_text(f"# About.\n{line}\n")
    assert update.version() == "v1.0.0"


def test_answers_without_a_version_are_told_so(copy: Path):
    (copy / update.ANSWERS).write_text("name: x\n")
    with pytest.raises(update.UpdateError, match="has no line _commit"):
        update.version()


def test_what_is_not_committed_could_be_lost_and_is_named(copy: Path):
    (copy / "a").write_text("not committed\n")
    with pytest.raises(update.UpdateError, match="a is not committed: commit it first"):
        update.main([])


def test_copiers_own_refusal_ends_it(copy: Path):
    with pytest.raises(update.UpdateError, match="copier ended with 1"):
        update.main([])  # the answers name no template


def test_after_ctrl_c_it_says_how_to_take_back_what_is_half_merged(
    copy: Path, monkeypatch: pytest.MonkeyPatch
):
    real = subprocess.run

    def interrupted(command: list[str], **options: object) -> object:
        if "copier" in command:
            raise KeyboardInterrupt
        return real(command, **options)

    monkeypatch.setattr(update.subprocess, "run", interrupted)
    with pytest.raises(update.UpdateError, match="perhaps half merged; to take it back: git reset --hard"):
        update.main([])


def test_files_in_conflict_are_named_with_what_comes_next(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def both_change(words: list[str]) -> None:
        git(copy, "checkout", "-qb", "theirs")
        for branch, text in (("theirs", "two\n"), ("main", "three\n")):
            git(copy, "checkout", "-q", branch)
            (copy / "a").write_text(text)
            git(copy, "commit", "-qam", text)
        assert git(copy, "merge", "-q", "theirs") == 1

    monkeypatch.setattr(update, "merge", both_change)
    assert update.main([]) == 1
    said = capsys.readouterr().out
    assert "update: conflict in a\nupdate: mend them, then: git add --all; make generate" in said


def test_a_merge_without_a_conflict_generates_and_says_how_to_look_at_it(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(update, "merge", lambda words: None)
    (copy / "scripts/generate_protos.py").write_text("open('generated', 'w')")
    assert update.main([]) == 0
    assert (copy / "generated").exists()
    assert "git diff --cached" in capsys.readouterr().out


def test_messages_that_do_not_compile_after_a_merge_are_said(copy: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(update, "merge", lambda words: None)
    (copy / "scripts/generate_protos.py").write_text("raise SystemExit(1)")
    with pytest.raises(update.UpdateError, match="mend proto/, then make generate"):
        update.main([])
