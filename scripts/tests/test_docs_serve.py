"""Does the site that is shown follow what one writes?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from devkit import docs_serve
from devkit.toolchain import ROOT

SMALL = ["-b", "html", "-C", "-D", "master_doc=index"]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with a page and a file that git ignores."""
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text("made.txt\n")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.rst").write_text("Title\n=====\n\nThe first text.\n")
    return tmp_path


def later(path: Path) -> None:
    """Make a file look changed, even where a file system's clock is slow."""
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 10**9))


def test_what_changed_came_or_went_is_seen_once(tree: Path) -> None:
    watch = docs_serve.Watch(tree)
    page = tree / "docs" / "index.rst"
    assert watch.look() == []
    later(page)
    assert watch.look() == ["docs/index.rst"]
    (tree / "docs" / "new.rst").write_text("New\n===\n")
    later(tree / "docs")
    assert watch.look() == ["docs/new.rst"]
    page.unlink()
    later(tree / "docs")
    assert watch.look() == ["docs/index.rst"]
    assert watch.look() == []


def test_what_git_ignores_is_no_change(tree: Path) -> None:
    watch = docs_serve.Watch(tree)
    (tree / "made.txt").write_text("a build made this\n")
    later(tree)
    assert watch.look() == []


@pytest.fixture
def serving(tree: Path) -> Iterator[subprocess.Popen[str]]:
    code = f"import sys; from pathlib import Path; from devkit import docs_serve as d; d.ROOT = Path({str(tree)!r}); "
    code += (
        "d.Watch.__init__.__defaults__ = (d.ROOT,); d.IMPORTED = (); sys.exit(d.main(tuple(sys.argv[1:])))"
    )
    command = [sys.executable, "-c", code, *SMALL, "docs", "site"]
    env = os.environ | {"PYTHONPATH": str(ROOT / "scripts")}
    process = subprocess.Popen(command, cwd=tree, env=env, stdout=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.wait()


def until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return line
    raise AssertionError(f"it ended without saying {words!r}")


def test_a_change_is_to_be_seen_and_sigterm_ends_it(tree: Path, serving: subprocess.Popen[str]) -> None:
    until(serving, "watching for changes")
    address = until(serving, "http://").split("(")[1].split(")")[0]
    page = tree / "docs" / "index.rst"
    page.write_text("Title\n=====\n\nAnother text.\n")
    later(page)
    assert "docs/index.rst" in until(serving, "changed: ")
    until(serving, "watching for changes")
    with urllib.request.urlopen(f"{address}index.html") as answer:
        assert b"Another text." in answer.read()
    serving.send_signal(signal.SIGTERM)
    assert serving.wait(20) == 0


def test_warnings_are_said_and_do_not_end_it(tree: Path, serving: subprocess.Popen[str]) -> None:
    until(serving, "watching for changes")
    page = tree / "docs" / "index.rst"
    page.write_text("Title\n=====\n\n.. no-such-directive::\n")
    later(page)
    until(serving, "changed: ")
    until(serving, "watching for changes")
    assert serving.poll() is None
