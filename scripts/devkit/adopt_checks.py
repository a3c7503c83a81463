"""What must be true of a renamed copy? Each check takes one, and raises Failed with what is not."""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

from devkit import adopt_environment, rename_tree, toolchain
from devkit.adopt_copy import Copy, Failed
from devkit.rename_names import NOW
from devkit.toolchain import ROOT

Check = Callable[[Copy], None]
TAKEN_OVER = (
    "sdk/flyteconnector/tests"  # byte for byte what it is here, where it was tested; it takes minutes
)
LOADED = """
import importlib.metadata as m
for entry in m.entry_points(group="flytekit.plugins"):
    print(entry.name, entry.load().__file__)
"""
FIX = """package plugin

// Mended is what the template's later version says.
func Mended() string { return "mended" }
"""
PROOF = """package plugins

import (
	"testing"

	"example.com/flyteconnector/plugin"
)

func TestAnUpstreamFixArrived(t *testing.T) {
	if plugin.Mended() != "mended" {
		t.Fatal("the fix is not there")
	}
}
"""


def renamed(copy: Copy) -> None:
    """`nox -s rename` ends well, in a clean clone."""
    flags = [f"--keep={copy.keep}", f"--module={copy.names.module}", f"--with={copy.parts}"]
    copy.python("scripts/rename.py", copy.word, *flags)


def no_residue(copy: Copy) -> None:
    """The old name is nowhere: not in contents, not in paths, in no case; nor is the old module."""
    if left := rename_tree.residue(copy.files(), NOW.word):
        raise Failed(f"{NOW.word} is left in {', '.join(left[:8])}")
    first = copy.files()["go/go.mod"].decode().splitlines()[0]
    if first != f"module {copy.names.module}":
        raise Failed(f"go/go.mod says {first}, and {copy.word} asked for {copy.names.module}")


def kept_as_they_were(copy: Copy) -> None:
    """Parts that are taken over are byte for byte what they were, or not there at all."""
    changed = copy.git("status", "--porcelain", "--untracked-files=all", "--", *rename_tree.KEPT).splitlines()
    for line in changed:
        if not line.startswith(" D ") or line[3:].startswith(("go/connector/", "sdk/flyteconnector/")):
            raise Failed(f"a part that is taken over changed: {line}")


def formatted(copy: Copy) -> None:
    """No line is too long, no file, and everything is formatted."""
    copy.python("-m", "ruff", "check", ".")
    copy.python("-m", "ruff", "format", "--check", ".")
    copy.python("-m", "devkit.lint")


def builds(copy: Copy) -> None:
    """Go compiles the plugin, its programs, and their tests."""
    go = toolchain.go()
    copy.run(go.command, "vet", "./...", folder="go", env=go.env)


def undecided(copy: Copy) -> None:
    """`nox -s todo -- --strict` fails: nothing has been decided yet."""
    said = copy.python("-m", "devkit.todo", "--strict", fails=True)
    if not re.search(r"^0 of \d+ decisions taken, \d+ markers left", said, re.MULTILINE):
        raise Failed(f"todo --strict fails, and does not say that nothing is decided:\n{said}")


def passes(copy: Copy) -> None:
    """Its own sessions pass, in an environment that has only its packages: lint, tests, generated code, packages."""
    copy.env = adopt_environment.make(copy.root) | {"NPM_CONFIG_PREFER_OFFLINE": "true"}
    copy.git("add", "--all")
    less = [] if copy.full else ["--", f"--deselect={TAKEN_OVER}"]
    for words in (["lint", "build_python"], ["tests", *less], ["generate", "--", "--check"]):
        copy.run(copy.nox, "-m", "nox", "--noxfile", str(copy.root / "noxfile.py"), "-s", *words)


KEPT = ("flyteconnector", "connector_sanity")  # packages that are nobody's own


def wheels(copy: Copy) -> None:
    """The wheels hold packages of the new name and of nothing else, and flytekit finds the plugin in them."""
    place = copy.root / "build" / "wheels"
    found = sorted((copy.root / "build/dist").glob("*.whl"))
    for wheel in found:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(place)
    mine = {"flytekitplugins", "flyteplugins", f"{copy.word}_spec"} & {path.name for path in place.iterdir()}
    strange = {path.name for path in place.iterdir() if not path.name.endswith(".dist-info")} - mine
    if len(found) != 2 or any(not name.startswith(KEPT) for name in strange):
        raise Failed(f"{len(found)} wheels, with {', '.join(sorted(strange))} in them")
    for each in ("flytekitplugins", "flyteplugins"):
        if (place / each).is_dir() and [path.name for path in (place / each).iterdir()] != [copy.word]:
            raise Failed(
                f"{each} of the wheel holds {', '.join(path.name for path in (place / each).iterdir())}"
            )
    python = str(copy.root / ".nox/work/bin/python")
    said = copy.run(python, "-c", LOADED, env={"PYTHONPATH": str(place)}).splitlines()
    if said[-1:] != [f"{copy.word} {place / 'flytekitplugins' / copy.word / '__init__.py'}"]:
        raise Failed(f"flytekit finds {said}")


def takes_a_fix(copy: Copy) -> None:
    """A later go/connector is copied over the old one as it is, and the plugin and its tests use it."""
    theirs, proof = copy.root / "go/connector", copy.root / "go/plugins/upstream_test.go"
    newer = Path(shutil.copytree(ROOT / "go/connector", copy.root / "build/upstream", dirs_exist_ok=True))
    (newer / "plugin/mended.go").write_text(FIX, encoding="utf-8")
    shutil.rmtree(theirs)
    shutil.copytree(newer, theirs)
    proof.write_text(PROOF, encoding="utf-8")
    go = toolchain.go()
    try:
        tests = ["./plugins/...", "./cmd/..."]
        said = copy.run(go.command, "test", "-count=1", "-v", *tests, folder="go", env=go.env)
        copy.run(go.command, "build", "-o", os.devnull, "./...", folder="go", env=go.env)
    finally:
        proof.unlink()
    if "PASS: TestAnUpstreamFixArrived" not in said:
        raise Failed(f"the test of the fix did not run:\n{said[-2000:]}")


QUICK: tuple[Check, ...] = (renamed, no_residue, kept_as_they_were, formatted, builds, undecided)
FULL: tuple[Check, ...] = (passes, wheels, takes_a_fix)
