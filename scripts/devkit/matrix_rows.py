"""With which versions are our Python packages tested, and which tests does a row run? requirements/matrix.toml, read.

A row's environment lies in the cache under a hash of all that it was resolved to, and is used again while that stays.
"""

from __future__ import annotations

import fnmatch
import hashlib
import subprocess
import sys
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from devkit import environment, lint, toolchain
from devkit.toolchain import ROOT, ToolchainError

TABLE = ROOT / "requirements" / "matrix.toml"
# The test files that need Flyte 2's SDK and not flytekit; all others need flytekit and not that.
FLYTE2 = ("test_a0*.py", "test_flyte2*.py")
TOOLS = ("pytest", "pytest-timeout", "pandas<3", "pyarrow", "kubernetes", "kubeflow-spark-api==2.4.0")


@dataclass(frozen=True)
class Kind:
    """What the rows for one of Flyte's two SDKs have in common."""

    asks: tuple[str, ...]  # what its users install of ours: the requirements of these hold for every row
    flyte2: bool  # whether its tests are those named by FLYTE2, or the others


KINDS = {
    "flytekit": Kind(("flyteconnector[flyte1]", "flytekitplugins-larkspur"), flyte2=False),
    "flyte2": Kind(("flyteconnector[flyte2]",), flyte2=True),
}


@dataclass(frozen=True)
class Row:
    """One environment."""

    name: str
    kind: str
    wants: list[str]
    why: str


class Unresolved(Exception):
    """No versions fit what a row wants; the message is uv's."""


def load(path: Path = TABLE) -> list[Row]:
    """Return the rows; raises ToolchainError for one that is not complete, or has another's name."""
    rows: list[Row] = []
    for raw in tomllib.loads(path.read_text(encoding="utf-8"))["row"]:
        about = f"{path.name}: row {raw.get('name', len(rows) + 1)!r}"
        if raw.keys() != (right := {field.name for field in fields(Row)}):
            raise ToolchainError(f"{about} has {', '.join(raw)}: must have {', '.join(sorted(right))}")
        if raw["kind"] not in KINDS:
            raise ToolchainError(f"{about}: kind = {raw['kind']!r}: must be {' or '.join(KINDS)}")
        if raw["name"] in (row.name for row in rows):
            raise ToolchainError(f"{about} is there twice: a name says which record is whose")
        rows.append(Row(**raw))
    return rows


def chosen(kind: str, root: Path = ROOT) -> list[str]:
    """Return the test files of our Python packages that a row of this kind runs.

    Not those of connector-sanity: it needs the messages of both Flytes, and no SDK.
    """
    paths = sorted(path for path in root.glob("sdk/*/tests/test_*.py") if "test_sanity" not in path.name)
    needs2 = {path: any(fnmatch.fnmatch(path.name, pattern) for pattern in FLYTE2) for path in paths}
    return [path.relative_to(root).as_posix() for path in paths if needs2[path] == KINDS[kind].flyte2]


def inputs() -> str:
    """Return 16 hexadecimal digits over what the tests are of: our packages, and the fixtures that they read."""
    digest = hashlib.sha256()
    for path in sorted(lint.tracked()):
        if path.parts[0] in ("sdk", "proto") and path.parts[1] != "e2e":
            digest.update(path.as_posix().encode() + b"\0" + (ROOT / path).read_bytes())
    return digest.hexdigest()[:16]


def call(command: list[str], text: str) -> str:
    """Run uv with `text` as its input and return what it printed; raises Unresolved with its words."""
    done = subprocess.run(command, input=text, env=environment.uv_env(), capture_output=True, text=True)
    if done.returncode:
        raise Unresolved(done.stderr.strip() or f"uv ended with {done.returncode}")
    return done.stdout


def resolve(row: Row, uv: str) -> str:
    """Return lines "name==version" for all that a row's environment holds besides our packages.

    Raises Unresolved when its wishes contradict each other, or what our packages ask for.
    """
    folders = {ask: environment.package(ask.partition("[")[0]) for ask in KINDS[row.kind].asks}
    ours = [f"{ask} @ {folder.as_uri()}" for ask, folder in folders.items()]
    flags = ["--quiet", "--no-header", "--no-annotate", "--python", environment.base_python()]
    flags += [f"--no-emit-package={name}" for name in environment.OURS]
    return call([uv, "pip", "compile", *flags, "-"], "\n".join([*ours, *row.wants, *TOOLS]))


def home(resolved: str) -> Path:
    """Return the folder of an environment: its name stands for all it depends on, also the place of our packages."""
    digest = hashlib.sha256(f"{ROOT}\0{environment.base_python()}\0{sys.version}\0{resolved}".encode())
    for name in environment.OURS:
        digest.update((environment.package(name) / "pyproject.toml").read_bytes())
    return toolchain.cache() / "matrix" / digest.hexdigest()[:16]


def make(resolved: str, uv: str) -> Path:
    """Return the folder of the environment with these versions and our packages, made if it is not there yet.

    Raises Unresolved when something cannot be installed.
    """
    folder = home(resolved)
    with toolchain.only_one(
        folder.with_suffix(".lock"), f"another session is making {folder.name}; waiting for it"
    ):
        if not ((folder / "complete").exists() and (folder / "bin" / "python").exists()):
            print(
                "installing packages into an environment (once for these versions)",
                file=sys.stderr,
                flush=True,
            )
            call([uv, "venv", "--quiet", "--clear", "--python", environment.base_python(), str(folder)], "")
            install = [uv, "pip", "install", "--quiet", "--python", str(folder / "bin" / "python")]
            call([*install, "-r", "-"], resolved)
            editable = [part for name in environment.OURS for part in ("-e", str(environment.package(name)))]
            call([*install, "--no-deps", *editable], "")
            (folder / "complete").touch()
    return folder
