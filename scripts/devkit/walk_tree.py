"""Is what was typed the file, and is what has come together the tree of the book? Asked by the robot of `make walk`.

A difference names the page, the file, and the first line that differs.
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from pathlib import Path, PurePosixPath

from devkit import archives, rename_essays, slices
from devkit.slices import Step
from devkit.toolchain import ROOT

MARK = re.compile(
    r"^\s*(?:#|//) part:[\w-]+ (?:begin|end)\s*$"
)  # of parts that a copy may lack; pages leave them out
MADE = re.compile(r"(?:^|/)(?:\.venv|__pycache__|\.pytest_cache|[\w-]+\.egg-info)/")  # by the commands
MOST = 20  # differences that are told
# What the result depends on, beside the files of the steps and the pages.
TOOLS = (
    "docs/walk.toml",
    "docs/_ext/along.py",
    "docs/_ext/step_files.py",
    "scripts/devkit/archives.py",
    "scripts/devkit/walk*.py",
)
LOOKS = {"ARGS", "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "PYTHONPATH", "VIRTUAL_ENV", "UV", "FORCE_COLOR"}


def code(name: str, text: str) -> list[str]:
    """Return the lines that a page shows of a file: no essays, no marks of parts, no blank lines."""
    sign = rename_essays.SIGNS.get(PurePosixPath(name).suffix, "#")
    found: list[str] = []
    in_essay = False
    for line in text.splitlines():
        in_essay = rename_essays.is_essay(line, sign) or (in_essay and line.startswith(sign))
        if not in_essay and line.strip() and not MARK.match(line):
            found.append(line)
    return found


def typed(name: str, blocks: list[str], copy: bytes) -> str:
    """Return how what a page shows of a file differs from the copy that the page links to; "" if it does not."""
    shown = [line for block in blocks for line in block.splitlines() if line.strip()]
    if found := first(shown, code(name, copy.decode("utf-8"))):
        return f"{name}: where the page shows {found[0]!r}, the file has {found[1]!r}"
    return ""


def first(ours: Iterable[str], theirs: Iterable[str]) -> tuple[str, str] | None:
    """Return the first pair of lines that differ; a line that one side lacks is "nothing"."""
    pairs = zip_longest(ours, theirs, fillvalue="nothing")
    return next((pair for pair in pairs if pair[0] != pair[1]), None)


def wanted(steps: list[Step], owner: dict[str, int]) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return the tree at the end of the walk, and file -> the page that should have brought it."""
    last = len(slices.on_the_way(steps)) - 1
    tree = archives.unpack(archives.pack(steps, owner, last))
    of = {name: steps[owner.get(name, last)] for name in tree}
    return tree, {name: step.shown.get(name, step.pages[-1]) for name, step in of.items()}


def published(site: Path, steps: list[Step]) -> dict[str, bytes]:
    """Return what a built site offers as the tree at the end of the walk."""
    name = archives.file_name(slices.on_the_way(steps)[-1])
    return archives.unpack((site / "downloads" / name).read_bytes())


def differences(tree: dict[str, bytes], pages: dict[str, str], folder: Path) -> list[str]:
    """Return how a folder differs from a tree, each with the page that should have brought the file."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    names = (path.relative_to(folder).as_posix() for path in paths)
    have = {name: (folder / name).read_bytes() for name in names if not MADE.search(name)}
    found = []
    for name in sorted(tree.keys() | have.keys()):
        if name not in have:
            found.append(f"{pages[name]}: {name} is missing")
        elif name not in tree:
            found.append(f"{name} is too much: no step has it")
        elif have[name] != tree[name]:
            pair = first(*(side[name].decode("utf-8", "replace").split("\n") for side in (have, tree)))
            what = f"{pair[0]!r} instead of {pair[1]!r}" if pair else "in its bytes"
            found.append(f"{pages[name]}: {name} differs: {what}")
    return found[:MOST]


def sources() -> Iterator[Path]:
    """Yield the sources of the walk's pages that are not files of a step, and the programs of the walk."""
    stations = tomllib.loads((ROOT / "docs/walk.toml").read_text(encoding="utf-8"))["station"]
    pages = (ROOT / "docs" / f"{page['name']}.md" for station in stations for page in station["page"])
    yield from (path for path in pages if path.is_file())
    for pattern in TOOLS:
        yield from sorted(ROOT.glob(pattern))


def fingerprint(owner: dict[str, int]) -> str:
    """Return the hash of all that the result of a walk depends on."""
    digest = hashlib.sha256(slices.fingerprint(owner).encode())
    for path in sources():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def plain(env: Mapping[str, str]) -> dict[str, str]:
    """Return an environment as of a terminal in a clone: without the one that a session has made around it."""
    path = [
        entry for entry in env.get("PATH", os.defpath).split(os.pathsep) if ".nox" not in Path(entry).parts
    ]
    return {name: value for name, value in env.items() if name not in LOOKS} | {"PATH": os.pathsep.join(path)}
