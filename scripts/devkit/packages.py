"""What is in the Python packages that leave this repository? `make build_python`: wheels and sdists into build/dist.

hatchling of the shared environment builds each sdist, and the wheel from the sdist. Then the files are opened and
compared with what git tracks: nothing is missing, and nothing else is in them.
"""

from __future__ import annotations

import email.parser
import hashlib
import os
import re
import signal
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from devkit import environment
from devkit.toolchain import ROOT, ToolchainError

DIST = ROOT / "build" / "dist"
PLUGIN = "flytekitplugins-larkspur"  # its version is that of the images, too


def project(name: str) -> dict[str, Any]:
    """Return the whole pyproject.toml of one of our packages; raises ToolchainError when there is none."""
    return tomllib.loads((environment.package(name) / "pyproject.toml").read_text(encoding="utf-8"))


def version() -> str:
    """Return the version of what is released: of the plugin's package, and so of both images."""
    return project(PLUGIN)["project"]["version"]


def build(out: Path = DIST) -> list[Path]:
    """Build sdist and wheel of each package into `out`, look into them, and return them.

    Raises ToolchainError when a build fails, or a file is not as it should be.
    """
    tool = environment.uv()
    if tool is None:
        raise ToolchainError("building packages needs uv: run it as `make build_python`")
    out.mkdir(parents=True, exist_ok=True)
    for old in [*out.glob("*.whl"), *out.glob("*.tar.gz")]:
        old.unlink()
    found = []
    for name in environment.OURS:
        flags = ["--no-build-isolation", "--offline", "--no-create-gitignore", f"--python={sys.executable}"]
        command = [tool, "build", *flags, f"--out-dir={out}", str(environment.package(name))]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise ToolchainError(f"building {name} failed ({done.returncode}):\n{done.stderr.strip()}")
        stem = f"{re.sub(r'[-_.]+', '_', name)}-{project(name)['project']['version']}"
        found += [out / f"{stem}-py3-none-any.whl", out / f"{stem}.tar.gz"]
        if wrong := [*wheel_faults(found[-2], name), *sdist_faults(found[-1], name)]:
            raise ToolchainError("\n".join(wrong))
    return found


def tracked(folder: Path) -> set[str]:
    """Return the files below a folder that git tracks or would add, relative to it."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.split("\0")
    return {name for name in names if name and (folder / name).is_file()}


def different(name: str, have: set[str], want: set[str]) -> Iterator[str]:
    yield from (f"{name}: {file} is missing" for file in sorted(want - have))
    yield from (f"{name}: {file} does not belong there" for file in sorted(have - want))


def sdist_faults(path: Path, name: str) -> Iterator[str]:
    """Yield what is wrong with an sdist: it has the package's folder as git has it, and its own metadata."""
    with tarfile.open(path) as tar:
        have = {member.partition("/")[2] for member in tar.getnames()}
    extra = {"PKG-INFO", ".gitignore"}  # hatchling adds both
    yield from different(path.name, have, tracked(environment.package(name)) | extra)


def wheel_faults(path: Path, name: str) -> Iterator[str]:
    """Yield what is wrong with a wheel: its files, what it says of itself, and what a type checker looks for."""
    folder, declared = environment.package(name), project(name)
    about = f"{path.name.removesuffix('-py3-none-any.whl')}.dist-info"
    roots = declared["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    source = {file for file in tracked(folder) if file.startswith(tuple(f"{root}/" for root in roots))}
    want = {file.removeprefix("src/"): (folder / file).read_bytes() for file in source}
    want[f"{about}/licenses/LICENSE"] = (ROOT / "LICENSE").read_bytes()
    made = {f"{about}/{file}" for file in ("METADATA", "WHEEL", "RECORD", "entry_points.txt")}
    with zipfile.ZipFile(path) as archive:
        have = {each: archive.read(each) for each in archive.namelist()}
    yield from different(path.name, set(have), set(want) | made)
    for file in sorted(want.keys() & have.keys()):
        if want[file] != have[file]:
            yield f"{path.name}: {file} has sha256 {digest(have[file])}, and the tree's has {digest(want[file])}"
    yield from untyped(path.name, set(have))
    yield from said(path.name, have, about, declared["project"])


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def untyped(name: str, have: set[str]) -> Iterator[str]:
    """Yield the packages of a wheel without the file that tells a type checker to read their types."""
    inits = {file.removesuffix("/__init__.py") for file in have if file.endswith("/__init__.py")}
    tops = {each for each in inits if each.rpartition("/")[0] not in inits}
    yield from (f"{name}: {top}/py.typed is missing" for top in sorted(tops) if f"{top}/py.typed" not in have)


def said(name: str, have: dict[str, bytes], about: str, want: dict[str, Any]) -> Iterator[str]:
    """Yield where a wheel's metadata and entry points are not those of its pyproject.toml."""
    metadata = email.parser.Parser().parsestr(have.get(f"{about}/METADATA", b"").decode())
    fields = {"Name": want["name"], "Version": want["version"], "License-Expression": want["license"]}
    fields |= {"License-File": "LICENSE", "Requires-Python": want["requires-python"]}
    for field, value in fields.items():
        if metadata[field] != value:
            yield f"{name}: METADATA says {field}: {metadata[field]!r}, and pyproject.toml {value!r}"
    if not str(metadata.get_payload()).strip():
        yield f"{name}: METADATA has no description: README.md is missing or empty"
    groups = want.get("entry-points", {}) | (
        {"console_scripts": want["scripts"]} if "scripts" in want else {}
    )
    entries = "\n\n".join(
        f"[{group}]\n" + "\n".join(f"{key} = {value}" for key, value in sorted(each.items()))
        for group, each in groups.items()
    )
    if (found := have.get(f"{about}/entry_points.txt", b"").decode().strip()) != entries:
        yield f"{name}: entry_points.txt has {found!r}, and pyproject.toml {entries!r}"


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        for path in build():
            print(f"{os.path.relpath(path, ROOT)}  sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}")
    except (ToolchainError, subprocess.SubprocessError) as error:
        print(f"packages: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
