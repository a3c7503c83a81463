"""What does a reader take away from a step of the book? A zip of its slice, with a README that says how to test it.

The same tree makes the same bytes. `make steps` unpacks two of them in an empty folder, and does what the README says.
"""

from __future__ import annotations

import difflib
import io
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from devkit import slices, toolchain
from devkit.slices import Step, StepsError
from devkit.toolchain import ROOT

NOT_OURS = {
    "GOWORK",
    "GOFLAGS",
    "PYTHONPATH",
    "VIRTUAL_ENV",
}  # settings of our sessions, which a reader has not
ADDED = ("LICENSE", "NOTICE")  # what goes with every copy, whatever the step
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can name
# What the SDK's tests need beside our own packages.
PACKAGES = ("flytekit", "flyte", "kubernetes", "kubeflow-spark-api", "pytest", "pytest-timeout")
LOCKED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==[^\\\n]*", re.MULTILINE)
TEXT = """\
# {title}

This is step {number} of {count} of The Flyte Plugin Book: the files of this step and of those before it, as the book's
repository has them. Nothing else of the repository is here: no site, no local cluster, no sessions of `make`.

These pages of the book explain what the step adds: {pages}.

## Build and test

You need Go {go} or newer. Go downloads the modules that `go/go.mod` names.

    (cd go && go build ./...)
    (cd go && go test ./plugins/...)
"""
PYTHON = """
And you need Python 3.11 or newer, with `venv`. The second command downloads the packages that the tests need, in the
versions that `constraints.txt` has: those that the book was tested with.

    python3 -m venv .venv
    .venv/bin/python -m pip install --quiet -c constraints.txt {packages}
    .venv/bin/python -m pytest -q sdk/flytekitplugins-larkspur/tests
"""
PACKAGED = " ".join(["-e 'sdk/flyteconnector[flyte1,flyte2]'", "-e sdk/flytekitplugins-larkspur", *PACKAGES])


def file_name(step: Step) -> str:
    return f"larkspur-{step.name}.zip"


def constraints() -> str:
    """Return the versions of the work environment, as pip takes them; raises StepsError when it lacks a package."""
    lock = (ROOT / "requirements" / "work.txt").read_text(encoding="utf-8")
    lines = {found[1]: found[0].strip() for found in LOCKED.finditer(lock)}
    if missing := [name for name in PACKAGES if name not in lines]:
        raise StepsError(f"requirements/work.txt does not pin {missing[0]}, which the SDK's tests need")
    return "".join(f"{line}\n" for line in lines.values())


def readme(steps: list[Step], index: int) -> str:
    """Return the README of a step's archive: what is in it, and the commands that build and test it."""
    step = steps[index]
    pages = ", ".join(f"{page}.html" for page in step.pages)
    about = {"title": step.title, "number": index + 1, "count": len(steps), "pages": pages}
    text = TEXT.format(**about, go=toolchain.wanted())
    return text + (PYTHON.format(packages=PACKAGED) if step.check == "sdk" else "")


def commands(text: str) -> list[str]:
    """Return the commands of a README, in order."""
    return re.findall(r"^ {4}(\S.*)$", text, re.MULTILINE)


def pack(steps: list[Step], owner: dict[str, int], index: int) -> bytes:
    """Return the archive of the step with this index: one folder, with the slice and ADDED and a README in it."""
    files = slices.contents(steps, owner, index)
    files |= {name: (ROOT / name).read_bytes() for name in ADDED}
    if steps[index].check == "sdk":
        files["constraints.txt"] = constraints().encode("utf-8")
    files["README.md"] = readme(steps, index).encode("utf-8")
    folder = Path(file_name(steps[index])).stem
    return zipped({f"{folder}/{name}": data for name, data in files.items()})


def rest_name(step: Step) -> str:
    return f"larkspur-{step.name}-rest.zip"


def rest(steps: list[Step], owner: dict[str, int], index: int) -> dict[str, bytes]:
    """Return what who builds along takes as it is: the files that the step adds and no page shows, and the README."""
    step, files = steps[index], slices.contents(steps, owner, index)
    added = {name: data for name, data in files.items() if owner[name] == index and name not in step.shown}
    more = {"constraints.txt": constraints()} if step.check == "sdk" else {}
    more["README.md"] = readme(steps, index)
    return added | {name: text.encode("utf-8") for name, text in more.items()}


def changes(steps: list[Step], owner: dict[str, int], index: int) -> dict[str, str]:
    """Return file of an earlier step -> what the step with this index changes in it, as a unified diff."""
    if index == 0:
        return {}
    before, after = (slices.contents(steps, owner, number) for number in (index - 1, index))
    found = {}
    for name in before:
        if before[name] != after[name]:
            old, new = (side[name].decode("utf-8").splitlines(keepends=True) for side in (before, after))
            found[name] = "".join(difflib.unified_diff(old, new, f"a/{name}", f"b/{name}"))
    return found


def zipped(files: dict[str, bytes]) -> bytes:
    """Return an archive of these files; the same files make the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.create_system, entry.external_attr = (
                zipfile.ZIP_DEFLATED,
                3,
                0o644 << 16,
            )
            archive.writestr(entry, data)
    return out.getvalue()


def unpack(archive: bytes) -> dict[str, bytes]:
    """Return what is in an archive, by the names below its one folder."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name.partition("/")[2]: opened.read(name) for name in opened.namelist()}


def reader() -> dict[str, str]:
    """Return the environment of a reader who has a Go and a Python, and nothing of our sessions."""
    env = {name: value for name, value in toolchain.go().env.items() if name not in NOT_OURS}
    return env | {"PATH": os.pathsep.join([str(Path(sys.base_prefix) / "bin"), env["PATH"]])}


def try_out(archive: bytes) -> tuple[bool, str]:
    """Unpack an archive in an empty folder and do what its README says; return whether all went well, and what came."""
    env = reader()
    with tempfile.TemporaryDirectory() as scratch:
        for name, data in unpack(archive).items():
            path = Path(scratch) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        said = ""
        for command in commands((Path(scratch) / "README.md").read_text(encoding="utf-8")):
            done = subprocess.run(
                ["bash", "-c", command], cwd=scratch, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, timeout=1200,
            )  # fmt: skip
            said += f"$ {command}\n{done.stdout}"
            if done.returncode != 0:
                return False, said
    return True, said
