"""How does a renamed copy get an environment in a second? Its own packages are installed, all others are links.

Packages come from the environment that runs this; the copy's own are installed as `make` would, so that those of this
repository are not there under their old names.
"""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from devkit import environment
from devkit.toolchain import ToolchainError

FINGERPRINT = "from devkit import environment as e; print(e.fingerprint('work'), *map(e.package, e.OURS))"


def make(copy: Path) -> dict[str, str]:
    """Make .nox/work of `copy`, as its sessions would, and return the variables for programs that run there.

    Raises ToolchainError when its packages cannot be installed.
    """
    place = copy / ".nox" / "work"
    run([environment.base_python(), "-m", "venv", "--without-pip", str(place)], copy, None)
    ours = set(own_files())
    for kind in ("purelib", "scripts"):
        here = Path(sysconfig.get_path(kind))
        there = place / here.relative_to(sys.prefix)
        for entry in here.iterdir():
            if entry.name not in ours and not (there / entry.name).exists():
                adopt(entry, there / entry.name, place)
    env = environment.settings(dict(os.environ), place) | {"PYTHONPATH": str(copy / "scripts")}
    python = str(place / "bin" / "python")
    wanted, *packages = run([python, "-c", FINGERPRINT], copy, env).split()
    editable = [word for package in packages for word in ("-e", package)]
    run([*environment.installer(python), "--no-build-isolation", "--no-deps", *editable], copy, env)
    (place / ".made-from").write_text(wanted)
    return env


def adopt(entry: Path, target: Path, home: Path) -> None:
    """Make `target` a link to `entry`; or a copy, of a program whose first line names the Python to run it with."""
    head = f"#!{sys.prefix}/".encode()
    if entry.is_file() and entry.open("rb").read(len(head)) == head:
        target.write_bytes(entry.read_bytes().replace(head, f"#!{home}/".encode(), 1))
        target.chmod(0o755)
    else:
        target.symlink_to(entry)


def own_files() -> list[str]:
    """Return the names of files and folders that the packages of this repository have in its environment."""
    names = {"__pycache__"}
    for package in environment.OURS:
        for file in importlib.metadata.distribution(package).files or []:
            names.add(file.name if file.parts[0] == ".." else file.parts[0])
    return sorted(names)


def run(command: list[str], folder: Path, env: dict[str, str] | None) -> str:
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        raise ToolchainError(f"{' '.join(command)} failed ({done.returncode}):\n{done.stderr.strip()}")
    return done.stdout
