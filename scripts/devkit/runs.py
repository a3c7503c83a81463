"""Where does one run of the demo, or of the end-to-end tests, keep its files?

In build/cluster/<pid>-<n>, which goes away with the run. A lock says that the owner lives; the kernel frees it however
the owner ends, so that the next run can remove what a killed one left.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from devkit.toolchain import ROOT, only_one

HOME = ROOT / "build" / "cluster"
_numbers = itertools.count(1)


def sweep(home: Path) -> list[Path]:
    """Remove the folders in `home` whose owner is gone; return them."""
    gone = []
    for lock in sorted(home.glob("*/owner.lock")):
        with contextlib.suppress(OSError), lock.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent, ignore_errors=True)
            gone.append(lock.parent)
    return gone


@contextlib.contextmanager
def folder(home: Path = HOME) -> Iterator[Path]:
    """Make a folder for one run, with `tmp` in it for temporary files (also of this process), and remove it at the end.

    flytekit makes temporary folders when it is imported and never removes them: import it inside this context.
    """
    place = home / f"{os.getpid()}-{next(_numbers)}"
    with contextlib.ExitStack() as owned:
        with only_one(home.with_suffix(".lock")):
            sweep(home)
            shutil.rmtree(place, ignore_errors=True)
            (place / "tmp").mkdir(parents=True)
            owned.callback(shutil.rmtree, place, ignore_errors=True)
            lock = owned.enter_context((place / "owner.lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with temporary_files_in(place / "tmp"):
            yield place


@contextlib.contextmanager
def temporary_files_in(place: Path) -> Iterator[None]:
    """Make this process and its children put their temporary files into `place`."""
    before = os.environ.get("TMPDIR")
    os.environ["TMPDIR"], tempfile.tempdir = str(place), None
    try:
        yield
    finally:
        tempfile.tempdir = None
        os.environ.pop("TMPDIR")
        if before is not None:
            os.environ["TMPDIR"] = before
