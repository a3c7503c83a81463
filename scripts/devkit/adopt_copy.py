"""What is a copy, as somebody has it who makes this repository their own? A clone, and then `rename` run in it.

Copies lie in build/adopt, each a repository of its own, so that git says what a rename did. They stay there until the
next run, for whoever wants to look at one that failed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from devkit import rename_tree
from devkit.rename_names import NOW, Names, chosen
from devkit.toolchain import ROOT

HOME = ROOT / "build" / "adopt"
TIMEOUT = 1800  # seconds for one command
IDENTITY = ("-c", "user.name=adopt", "-c", "user.email=adopt@example.com", "-c", "commit.gpgsign=false")


class Failed(Exception):
    """A copy that is not as it should be; the message says how."""


@dataclass
class Copy:
    """One copy: what was asked for, and where it is."""

    word: str
    keep: str
    root: Path
    nox: str = sys.executable  # a Python that has nox
    parts: str = ""  # what --with names
    full: bool = False  # whether even that is tested again which is the same as here
    env: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def names(self) -> Names:
        return chosen(self.word, f"example.org/{self.word}/plugin")

    def run(
        self, *words: str, folder: str = ".", fails: bool = False, env: Mapping[str, str] | None = None
    ) -> str:
        """Run a command in the copy and return all that it printed; raises Failed when it fails, or should have."""
        variables = self.env | {"PYTHONPATH": str(self.root / "scripts"), **(env or {})}
        done = subprocess.run(
            words,
            cwd=self.root / folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT,
        )
        if (done.returncode != 0) != fails:
            said = "\n".join(done.stdout.splitlines()[-60:])
            raise Failed(f"{' '.join(words)} ended with {done.returncode}:\n{said}".replace(f"{ROOT}/", ""))
        return done.stdout

    def python(self, *words: str, fails: bool = False) -> str:
        """Run the Python that runs this, with the copy's devkit."""
        return self.run(sys.executable, *words, fails=fails)

    def git(self, *words: str) -> str:
        return self.run("git", *IDENTITY, *words).rstrip("\n")

    def files(self) -> rename_tree.Files:
        return rename_tree.read(self.root, rename_tree.tracked(self.root))


def clone(word: str, keep: str, nox: str, parts: str = "", label: str = "") -> Copy:
    """Return a copy of the tree as it is here, committed; nothing is renamed in it yet."""
    copy = Copy(word, keep, HOME / (label or f"{word}-{keep}"), nox, parts)
    shutil.rmtree(copy.root, ignore_errors=True)
    for name in rename_tree.tracked(ROOT):
        target = copy.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)  # with its time of change: Go's cache looks at it
    copy.git("init", "--quiet", "--initial-branch=main")
    copy.git("add", "--all")
    copy.git("commit", "--quiet", "--message=The template")
    return copy


def finish(copy: Copy) -> None:
    """Generate and format in a copy that was written without `rename`, as that would."""
    copy.python("-c", "import pathlib, rename; rename.afterwards(pathlib.Path.cwd())")


def there_and_back(copy: Copy) -> None:
    """Rename all of a clone, with nothing dropped, and rename it back; raises Failed when git sees a difference."""
    for old, new in ((NOW, copy.names), (copy.names, NOW)):
        before = copy.files()
        renamed = rename_tree.renamed(before, old, new)
        if old == NOW and (left := rename_tree.residue(renamed, NOW.word)):
            raise Failed(f"{NOW.word} is left in {', '.join(left[:5])}")
        rename_tree.write(copy.root, before, renamed, {})
        finish(copy)
    copy.git("add", "--all")
    if copy.git("write-tree") != copy.git("rev-parse", "HEAD^{tree}"):
        raise Failed(f"there and back is not the same:\n{copy.git('diff', '--cached', '--stat=100')}")


def in_memory(copy: Copy) -> None:
    """Rename the text of all files, with nothing dropped, and rename it back; raises Failed when it is not the same.

    Without formatting: lines that a long name broke are not joined again when the name is short.
    """
    files = {path: content for path, content in copy.files().items() if not rename_tree.generated(path)}
    back = rename_tree.renamed(rename_tree.renamed(files, NOW, copy.names), copy.names, NOW)
    if other := sorted(path for path in files.keys() | back.keys() if files.get(path) != back.get(path)):
        raise Failed(f"there and back is not the same: {', '.join(other[:5])}")
