"""Do the plugins fit behind Flyteplugins? `nox -s inprocess`, with the doubles under go/inprocess/testdata.

`-- --real` takes Flyte's own modules, wherever they can be had, and links FlytePropeller with the plugins.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

from devkit import lifeline, toolchain
from devkit.toolchain import ROOT

MODULE = ROOT / "go" / "inprocess"
# What a module proxy, or a network without one, says when it does not give a module.
REFUSED = re.compile(r"(\S+@v\S+): (?:reading|Get|unrecognized|invalid)")


def modfile(folder: Path) -> Path:
    """Copy go.mod to `folder`: Go completes the copy, writes its sums beside it, and leaves the tracked file alone."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "real.sum").unlink(missing_ok=True)
    return Path(shutil.copy(MODULE / "go.mod", folder / "real.mod"))


def refusals(text: str) -> list[str]:
    """Return the modules that Go could not fetch, as Go's messages name them."""
    return sorted(set(REFUSED.findall(text)))


def steps(real: bool) -> list[list[str]]:
    """Return the go commands. To link FlytePropeller takes what all of Flyte's own plugins need, so it comes last."""
    if not real:
        return [["vet", "./..."], ["test", "./..."]]
    program = str(ROOT / "build" / "bin" / "flytepropeller")
    ours = [".", "./adapter/..."]
    return [["vet", *ours], ["test", *ours], ["build", "-o", program, "./cmd/flytepropeller"]]


def main(real: bool) -> int:
    """Vet and test, and with Flyte's modules, if they are asked for, link; return 0 if all of that worked."""
    mod = str(modfile(ROOT / "build" / "inprocess")) if real else "testdata/double.mod"
    tool = toolchain.go(mod)
    flags = tool.env["GOFLAGS"] + (" -mod=mod" if real else "")
    for arguments in steps(real):
        print(f"go {' '.join(arguments)}   (in go/inprocess, with {Path(mod).name})", flush=True)
        done = subprocess.run(
            lifeline.argv(tool.command, *arguments),
            cwd=MODULE,
            env=tool.env | {"GOFLAGS": flags, "INPROCESS_MODFILE": mod},
            text=True,
            stderr=subprocess.PIPE,
        )
        if done.returncode == 0:
            continue
        if missing := refusals(done.stderr):
            print(
                f"inprocess: `go {arguments[0]}` not done with Flyte's own modules, because Go cannot fetch "
                f"{', '.join(missing)}: run this where it can, or without --real for the double",
                file=sys.stderr,
            )
        else:
            print(done.stderr, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument(
        "--real", action="store_true", help="take Flyte's own modules instead of the doubles"
    )
    sys.exit(main(options.parse_args().real))
