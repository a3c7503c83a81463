"""What does a rename change in a tree of files, and how is it written, or taken back? Nothing here asks or prints.

Files are read once, changed in memory, and only written when all of it is known to work. Standard library only.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from devkit.lint import KEPT
from devkit.rename_names import Names, RenameError, Renamer

Files = dict[str, bytes]  # path below the repository -> content
UNTOUCHED = re.compile(  # not changed, though the word may be in it: checksums, and records of what was run
    r"(^|/)(requirements/.*\.txt|go\.sum|LICENSE)$|^docs/records/"
)
# Made by `make generate` from the protos. A word of another length breaks what they hold of compiled messages.
GENERATED = re.compile(r"^go/gen/|_pb2\.pyi?$|_pb\.ts$")
SKIPPED = {
    ".git",
    ".nox",
    "node_modules",
    "__pycache__",
    "build",
}  # where there is no git to say what belongs
LEFT_OVER = ("__pycache__", "node_modules", ".pytest_cache", "*.egg-info")  # that programs make again


def tracked(root: Path) -> list[str]:
    """Return the files that git knows below `root`, or would add; raises RenameError where there is no git."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode != 0:
        raise RenameError(
            f"{root} is in no git repository: nothing could be taken back. Clone it, or `git init` it"
        )
    return sorted({name for name in done.stdout.split("\0") if name and (root / name).is_file()})


def read(root: Path, names: Iterable[str]) -> Files:
    return {name: (root / name).read_bytes() for name in names}


def generated(path: str) -> bool:
    return GENERATED.search(path) is not None and not path.startswith(KEPT)


def renamed(files: Mapping[str, bytes], old: Names, new: Names) -> Files:
    """Return the files with other names in paths and contents, without those that are generated from them.

    Raises RenameError for a name in another form, in a kept part or in a file that is no text, and for two files that
    would become one.
    """
    renamer, result = Renamer(old, new), Files()
    for path, content in files.items():
        if generated(path):
            continue
        target = renamer.text(path, path)
        if target in result or (target != path and target in files):
            raise RenameError(f"{path} would become {target}, and there is one already")
        result[target] = content if UNTOUCHED.search(path) else changed(path, content, renamer)
        if path.startswith(KEPT) and (target, result[target]) != (path, content):
            raise RenameError(
                f"{path} names the plugin, and this part is taken over unchanged into every plugin"
            )
    return result


def changed(path: str, content: bytes, renamer: Renamer) -> bytes:
    try:
        if b"\0" in content:
            raise UnicodeDecodeError("utf-8", content, 0, 1, "a zero byte")
        return renamer.text(content.decode("utf-8"), path).encode("utf-8")
    except UnicodeDecodeError:
        if renamer.old.word.encode() in content.lower():
            raise RenameError(
                f"{path} is no text, and has {renamer.old.word!r} in it: it cannot be renamed"
            ) from None
        return content


def residue(files: Mapping[str, bytes], word: str) -> list[str]:
    """Return where a word is left, in whatever case: in paths and contents, but for records of what was run."""
    left = []
    for path, content in files.items():
        if word in path.lower():
            left.append(f"{path}: in its name")
        if word.encode() in content.lower() and not path.startswith("docs/records/"):
            lines = [n for n, line in enumerate(content.lower().split(b"\n"), 1) if word.encode() in line]
            left.append(f"{path}:{lines[0]}")
    return left


def modes(root: Path, names: Iterable[str]) -> dict[str, int]:
    return {name: (root / name).stat().st_mode & 0o777 for name in names}


def write(root: Path, before: Iterable[str], after: Mapping[str, bytes], modes: Mapping[str, int]) -> None:
    """Make the files `before` below `root` what `after` says; `modes` has those of the new paths."""
    for path in set(before) - after.keys():
        (root / path).unlink(missing_ok=True)
        prune((root / path).parent, root)
    for path, content in after.items():
        place = root / path
        if not place.is_file() or place.read_bytes() != content:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        if path in modes:
            place.chmod(modes[path])


def prune(folder: Path, root: Path) -> None:
    """Remove a folder that has no files any more, and the folders around it; what programs left there goes with it."""
    while folder != root and folder.is_dir():
        rest = [path for path in folder.iterdir() if not any(map(path.match, LEFT_OVER))]
        if rest:
            return
        shutil.rmtree(folder)
        folder = folder.parent


def take_back(root: Path, before: Mapping[str, bytes], modes: Mapping[str, int]) -> None:
    """Make the tree what it was. A file that was not there before goes if git would add it: the tree was clean."""
    with contextlib.suppress(RenameError):
        write(root, tracked(root), before, modes)
