"""Which Python do the sessions run in, and how is it kept as the lock files say?

One environment, .nox/work, serves every session; .nox/spark is the same with PySpark, for the pods of Spark. Each is
made anew when its Python is gone, or when a lock file or the metadata of one of our packages changes; else it is ready
at once. Standard library only: nox's own Python imports this.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from devkit.toolchain import ROOT, ToolchainError, only_one

HOMES = ROOT / ".nox"
HOME = HOMES / "work"
LOCKS = {  # name -> lock files; the later ones come on top, compiled with the versions of the first as constraints
    "work": (
        "work",
        # part:book begin
        "docs",
        # part:book end
    ),
    # part:spark begin
    "spark": ("work", "spark"),
    # part:spark end
}
SIZES = {"work": "about 1.1 GB on disk", "spark": "PySpark is a download of 450 MB, and 1.1 GB on disk"}
OURS = ("flyteconnector", "flytekitplugins-larkspur")  # below sdk/, installed so that an edit counts at once
OLDEST = (3, 11)
Run = Callable[[list[str]], object]


def python(run: Run, name: str = "work") -> Path:
    """Return an environment's Python; `run` executes a command or raises.

    Raises ToolchainError when this Python is too old, or a package folder is missing.
    """
    if sys.version_info < OLDEST:
        raise ToolchainError(
            f"this needs Python 3.11 or newer, and nox runs on {sys.version.split()[0]}: use make, or another nox"
        )
    place = HOMES / name
    with only_one(place.with_suffix(".lock"), f"another session is making .nox/{name}; waiting for it"):
        stamp, wanted = place / ".made-from", fingerprint(name)
        if not (place / "bin/python").exists() or not stamp.exists() or stamp.read_text() != wanted:
            make(run, name)
            stamp.write_text(wanted)
    return place / "bin" / "python"


def fingerprint(name: str) -> str:
    """Return what an environment depends on: lock files, our packages' metadata, this folder's place.

    Not on the Python that asks: two that take turns (make's, and the user's own nox) would take it from each other.
    """
    digest = hashlib.sha256(str(ROOT).encode())
    for path in [lock(name) for name in LOCKS[name]] + [package(name) / "pyproject.toml" for name in OURS]:
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
    """Return the uv beside nox (pinned, when make started it; sessions hand it on as UV), else the one on PATH, else
    None: pip does it then."""
    for named in (Path(sys.executable).with_name("uv"), Path(os.environ.get("UV", "/"))):
        if named.is_file():
            return str(named)
    return shutil.which("uv")


def installer(command: str) -> list[str]:
    """Return the beginning of a command that installs packages for the Python called `command`: uv's, else pip's."""
    if tool := uv():
        return [tool, "pip", "install", "--quiet", "--python", command]
    return [command, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]


def uv_env() -> dict[str, str]:
    """Return the environment for uv: certificates of the system, as pip and Go use them (company proxies)."""
    return {"UV_SYSTEM_CERTS": "1"} | os.environ


def settings(base: dict[str, str], home: Path = HOME) -> dict[str, str]:
    """Return `base` as a process in an environment needs it: its programs first on PATH, devkit importable.

    Flyte 2's SDK reports crashes to its makers unless DO_NOT_TRACK is set.
    """
    path = os.pathsep.join([str(home / "bin"), base.get("PATH", os.defpath)])
    ours = {"PATH": path, "VIRTUAL_ENV": str(home), "PYTHONPATH": str(ROOT / "scripts")}
    ours |= {"PYTHONUTF8": "1", "DO_NOT_TRACK": "1"} | ({"UV": tool} if (tool := uv()) else {})
    return {name: value for name, value in base.items() if name != "PYTHONHOME"} | ours


def make(run: Run, name: str) -> None:
    """Make an environment from nothing."""
    print(
        f"installing Python packages into .nox/{name} (once for these lock files; {SIZES[name]})",
        file=sys.stderr,
        flush=True,
    )
    place = HOMES / name
    shutil.rmtree(place, ignore_errors=True)
    command = str(place / "bin" / "python")
    if tool := uv():
        run([tool, "venv", "--quiet", "--python", base_python(), str(place)])
    else:
        run([base_python(), "-m", "venv", str(place)])
    install = installer(command)
    first, *rest = LOCKS[name]
    run([*install, "--require-hashes", "-r", str(lock(first))])
    # What comes as source (PySpark) is built by the tools that the first file pins, not by the newest of that day.
    for other in rest:
        run([*install, "--no-build-isolation", "--require-hashes", "-r", str(lock(other))])
    editable = [part for name in OURS for part in ("-e", str(package(name)))]
    run([*install, "--no-build-isolation", "--no-deps", *editable])
