"""Which scans mean something without the internet? `python -m devkit.scans`: of the workflows, and for secrets.

Not scans for known faults of dependencies: their databases are elsewhere, and a scanner that cannot reach one says that
all is well. A workflow on hosted CI does that, and fails when something was skipped.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from devkit.lint import LOCKED, tracked
from devkit.toolchain import ROOT, ToolchainError

WORKFLOWS = ("--offline", "--persona=pedantic", "--no-progress", "--quiet", ".github")
# These look for anything that is random or called a password: here that is digests, fixtures and prose.
NOISE = ("KeywordDetector", "HexHighEntropyString", "Base64HighEntropyString")


def program(name: str) -> str:
    """Return a scanner of this environment; raises ToolchainError when it is not there: nothing is skipped."""
    if found := shutil.which(name, path=str(Path(sys.executable).parent)):
        return found
    raise ToolchainError(f"{name} is not beside {sys.executable}: run this as `make lint`")


def commands(names: Sequence[str]) -> dict[str, list[str]]:
    """Return what is asked -> the command that answers it, about these files."""
    without = [word for each in NOISE for word in ("--disable-plugin", each)]
    secrets = [program("detect-secrets-hook"), *without, *names]
    return {
        "what the workflows of hosted CI may do (zizmor)": [program("zizmor"), *WORKFLOWS],
        "secrets in tracked files (detect-secrets)": secrets,
    }


def main() -> int:
    names = [path.as_posix() for path in tracked() if not LOCKED.search(path.as_posix())]
    failed = False
    for what, command in commands(names).items():
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        failed |= done.returncode != 0
        print(f"scans: {what}: {'nothing found' if done.returncode == 0 else 'look at this:'}")
        if done.returncode:
            print(done.stdout)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ToolchainError as error:
        sys.exit(str(error))
