"""How do later versions of the template come into this copy? `nox -s update`: copier merges them, under its names.

copier makes the template's old and new version as this copy would have it, and merges the difference with what was
changed here. Code that is generated is in neither: it is written anew from the messages as they are afterwards.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence

from devkit.toolchain import ROOT

ANSWERS = ".copier-answers.yml"
BACK = "to take it back: git reset --hard; git clean -d --force"


class UpdateError(RuntimeError):
    """Why there is no update; the message says what would help."""


def conflicts() -> list[str]:
    """Return the files in which both sides changed the same lines."""
    return asked("git", "diff", "--name-only", "--diff-filter=U")


def asked(*command: str) -> list[str]:
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()


def version() -> str:
    """Return the template's version that this copy has, as the answers say it."""
    found = re.search(
        r"^_commit: *[\"']?([^\"'\s]+)", (ROOT / ANSWERS).read_text(encoding="utf-8"), re.MULTILINE
    )
    if found is None:
        raise UpdateError(
            f"{ANSWERS} has no line _commit, which says which version of the template this was made from"
        )
    return found[1]


def merge(words: Sequence[str]) -> None:
    """Let copier bring the template's changes; raises UpdateError where it does not."""
    if not (ROOT / ANSWERS).is_file():
        raise UpdateError(
            f"{ANSWERS} is missing, which says from which template and version this was made: "
            "nox -s rename writes it into a copy, and the template itself has none"
        )
    if changed := asked("git", "status", "--porcelain"):
        raise UpdateError(
            f"{changed[0][3:]} is not committed: commit it first, so that git can take an update back"
        )
    before = version()
    command = [sys.executable, "-m", "copier", "update", "--trust", "--defaults", "--quiet", *words]
    try:
        code = subprocess.run(command, cwd=ROOT).returncode
    except KeyboardInterrupt:
        raise UpdateError(f"stopped, and perhaps half merged; {BACK}") from None
    if code != 0:
        raise UpdateError(f"copier ended with {code}: see the lines above; {BACK}")
    print(f"update: the template's version was {before}, and is {version()} now", flush=True)


def main(words: Sequence[str]) -> int:
    merge(words)
    if found := conflicts():
        print("\n".join(f"update: conflict in {name}" for name in found))
        print("update: mend them, then: git add --all; make generate; make fmt; make test")
        print(f"update: {BACK}")
        return 1
    if subprocess.run([sys.executable, "scripts/generate_protos.py"], cwd=ROOT).returncode != 0:
        raise UpdateError("merged, but the messages do not compile: mend proto/, then make generate")
    print("update: merged without a conflict. Look at it (git add --all; git diff --cached), then: make test")
    print(f"update: {BACK}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except UpdateError as error:
        sys.exit(f"update: {error}")
