"""Does `nox -s rename` change a clean clone and no other, and is everything there again when it is stopped?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from devkit import rename_tree, try_it
from devkit.rename_names import NOW, RenameError
from devkit.toolchain import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import rename

WORD = NOW.word
OTHER = WORD[::-1]
ASKED = [OTHER, "--keep=job"]
FILES = {
    "go/go.mod": f"module {NOW.module}\n",
    f"sdk/{WORD}/a.py": f"'''%%, {WORD}'''\n",
    "README.md": WORD.upper(),
}


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small repository in the place of this one, whose parts all stay, and for which nothing is generated."""
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    git(tmp_path, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message=x")
    monkeypatch.setattr(rename, "ROOT", tmp_path)
    monkeypatch.setattr(rename, "plan", lambda files, keep, named: files)
    monkeypatch.setattr(rename, "AFTERWARDS", ())
    return tmp_path


def git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True).stdout


def now(root: Path) -> dict[str, str]:
    return {path: (root / path).read_text() for path in rename_tree.tracked(root)}


def test_a_clean_clone_is_renamed(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rename.main([*ASKED, "--module=example.org/mine"]) == 0
    assert now(clone) == {
        "go/go.mod": "module example.org/mine\n",
        f"sdk/{OTHER}/a.py": f"'''%%, {OTHER}'''\n",
        "README.md": OTHER.upper(),
    }
    printed = capsys.readouterr().out
    assert f"this is {OTHER} now" in printed
    assert "commit it, then: make todo\n" in printed
    assert "to take it back instead: git reset --hard; git clean -d --force" in printed


@pytest.mark.parametrize(("more", "left"), [([], False), (["--dry-run"], True)])
def test_what_make_try_has_made_under_the_old_name_goes(clone: Path, more: list[str], left: bool) -> None:
    last = clone / try_it.LAST.relative_to(ROOT)
    (clone / ".gitignore").write_text("/build\n")
    git(clone, "add", ".gitignore")
    git(clone, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message=b")
    last.parent.mkdir(parents=True)
    last.write_text(f"name: {WORD}\n")
    assert rename.main([*ASKED, *more]) == 0
    assert last.exists() == left


def test_a_dry_run_says_it_and_changes_nothing(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert rename.main([*ASKED, "--dry-run"]) == 0
    assert now(clone) == FILES
    printed = capsys.readouterr().out
    assert f"1 files move, such as sdk/{OTHER}/a.py" in printed
    assert "2 files change where they are" in printed
    assert "nothing was changed" in printed


@pytest.mark.parametrize("path", ["README.md", "new.txt"])
def test_what_is_not_committed_is_named_and_nothing_is_changed(clone: Path, path: str) -> None:
    (clone / path).write_text("mine")
    before = now(clone)
    with pytest.raises(
        RenameError, match=f"{path} is not committed: commit it first, so that git can take a rename"
    ):
        rename.main(ASKED)
    assert now(clone) == before


def test_a_folder_without_git_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))  # it may lie in this very clone
    with pytest.raises(
        RenameError, match=r"in no git repository: nothing could be taken back. Clone it, or `git init`"
    ):
        rename_tree.tracked(tmp_path)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([WORD, "--keep=job"], f"NAME is '{WORD}', which the plugin is called already"),
        (
            ["read", "--keep=job"],
            "NAME is 'read', and README.md has it in its name: choose a word that occurs nowhere",
        ),
        (
            [OTHER, "--keep=job", "--with=docs,site"],
            "--with has 'site': must be of docs, examples, localcluster",
        ),
        (["class", "--keep=job"], "NAME is 'class', which is a keyword of Python"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(clone: Path, words: list[str], said: str) -> None:
    with pytest.raises(RenameError) as error:
        rename.main(words)
    assert said in str(error.value)
    assert now(clone) == FILES


@pytest.mark.parametrize("words", [[OTHER], [OTHER, "--keep=both"], ["--keep=job"]])
def test_what_is_to_be_kept_must_be_said(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        rename.main(words)
    assert "usage: nox -s rename -- " in capsys.readouterr().err


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(143), RenameError("protoc refused")])
def test_a_rename_that_is_stopped_leaves_the_clone_as_it_was(
    clone: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def stopped(root: Path) -> None:
        assert (root / f"sdk/{OTHER}/a.py").is_file(), "it was in the middle"
        (root / f"sdk/{OTHER}/made.py").write_text("half a file")
        raise error

    monkeypatch.setattr(rename, "afterwards", stopped)
    with pytest.raises(type(error)):
        rename.main(ASKED)
    assert now(clone) == FILES
    assert git(clone, "status", "--porcelain") == ""


def test_a_program_that_fails_afterwards_is_named_and_all_is_taken_back(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rename, "AFTERWARDS", (("-c", "raise SystemExit(3)"),))
    with pytest.raises(RenameError, match=r"-c raise SystemExit\(3\) ended with 3: see the lines above"):
        rename.main(ASKED)
    assert now(clone) == FILES
