"""What does buf say of compiled protos? Of their style, and of what has changed since."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from devkit.toolchain import ROOT, ToolchainError

Json = dict[str, Any]


def run(*arguments: str) -> list[Json]:
    """Run buf, and return what it complains about; raises ToolchainError when it could not do its work."""
    command = [str(Path(sys.executable).with_name("buf")), *arguments, "--error-format", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode not in (0, 100):
        raise ToolchainError(f"{' '.join(arguments[:2])}: {done.stderr.strip()}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def complaints(old: Path, new: Path, category: str) -> list[Json]:
    """Return what buf says of a new image by the rules of one category."""
    config = json.dumps({"version": "v2", "breaking": {"use": [category]}})
    return run("breaking", str(new), "--against", str(old), "--config", config, "--exclude-imports")
