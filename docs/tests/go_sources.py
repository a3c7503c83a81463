"""Where is the source of a Go module that this repository uses?"""

from __future__ import annotations

import functools
import re
import subprocess
from pathlib import Path

from devkit import toolchain
from devkit.toolchain import ROOT


@functools.cache
def folder(module: str, used_by: str = "go/localcluster") -> Path:
    """Return where Go keeps a module's source, in the version of the folder that uses it; it is fetched if need be."""
    tool = toolchain.go()
    command = [tool.command, "mod", "download", "-json", module]
    done = subprocess.run(
        command, cwd=ROOT / used_by, env=tool.env, capture_output=True, text=True, check=True
    )
    found = re.search(r'"Dir": "([^"]+)"', done.stdout)
    assert found, done.stdout
    return Path(found[1])
