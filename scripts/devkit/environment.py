"""Which Python do the sessions run in, and how is it kept as the lock files say?

One environment, .nox/work, serves every session. It is made anew when its Python is gone, or when a lock file or the
metadata of one of our packages changes; else it is ready at once. Standard library only: nox's own Python imports this.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from devkit.toolchain import ROOT, ToolchainError, only_one

HOME = ROOT / ".nox" / "work"
PYTHON = HOME / "bin" / "python"
LOCKS = ("work", "docs")  # docs comes on top of work, compiled with its versions as constraints
OURS = ("flyteconnector", "flytekitplugins-larkspur")  # below sdk/, installed so that an edit counts at once
OLDEST = (3, 11)
Run = Callable[[list[str]], object]


def python(run: Run) -> Path:
    """Return the environment's Python; `run` executes a command or raises.

    Raises ToolchainError when this Python is too old, or a package folder is missing.
    """
    if sys.version_info < OLDEST:
        raise ToolchainError(
            f"this needs Python 3.11 or newer, and nox runs on {sys.version.split()[0]}: use make, or another nox"
        )
    with only_one(HOME.with_suffix(".lock"), "another session is making .nox/work; waiting for it"):
        stamp, wanted = HOME / ".made-from", fingerprint()
        if not PYTHON.exists() or not stamp.exists() or stamp.read_text() != wanted:
            make(run)
            stamp.write_text(wanted)
    return PYTHON


def fingerprint() -> str:
    """Return what the environment depends on: lock files, our packages' metadata, this folder's place.

    Not on the Python that asks: two that take turns (make's, and the user's own nox) would take it from each other.
    """
    digest = hashlib.sha256(str(ROOT).encode())
    for path in [lock(name) for name in LOCKS] + [package(name) / "pyproject.toml" for name in OURS]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def lock(name: str) -> Path:
    return ROOT / "requirements" / f"{name}.txt"


def package(name: str) -> Path:
    """Return the folder of one of our Python packages; raises ToolchainError when it is not there."""
    folder = ROOT / "sdk" / name
    if not (folder / "pyproject.toml").exists():
        raise ToolchainError(f"sdk/{name}/pyproject.toml is missing: every session installs that package")
    return folder


def base_python() -> str:
    """Return the interpreter that nox's own environment was made from."""
    return getattr(sys, "_base_executable", None) or sys.executable


def uv() -> str | None:
    """Return the uv beside nox (pinned, when make started it), else the one on PATH, else None: pip does it then."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def uv_env() -> dict[str, str]:
    """Return the environment for uv: certificates of the system, as pip and Go use them (company proxies)."""
    return {"UV_SYSTEM_CERTS": "1"} | os.environ


def settings(base: dict[str, str]) -> dict[str, str]:
    """Return `base` as a process in this environment needs it: its programs first on PATH, devkit importable.

    Flyte 2's SDK reports crashes to its makers unless DO_NOT_TRACK is set.
    """
    path = os.pathsep.join([str(PYTHON.parent), base.get("PATH", os.defpath)])
    ours = {"PATH": path, "VIRTUAL_ENV": str(HOME), "PYTHONPATH": str(ROOT / "scripts")}
    ours |= {"PYTHONUTF8": "1", "DO_NOT_TRACK": "1"}
    return {name: value for name, value in base.items() if name != "PYTHONHOME"} | ours


def make(run: Run) -> None:
    """Make the environment at HOME from nothing."""
    print(
        "installing Python packages into .nox/work (once for these lock files, about 700 MB on disk)",
        file=sys.stderr,
        flush=True,
    )
    shutil.rmtree(HOME, ignore_errors=True)
    tool = uv()
    if tool:
        run([tool, "venv", "--quiet", "--python", base_python(), str(HOME)])
        install = [tool, "pip", "install", "--quiet", "--python", str(PYTHON)]
    else:
        run([base_python(), "-m", "venv", str(HOME)])
        install = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    for name in LOCKS:
        run([*install, "--require-hashes", "-r", str(lock(name))])
    editable = [part for name in OURS for part in ("-e", str(package(name)))]
    run([*install, "--no-build-isolation", "--no-deps", *editable])
