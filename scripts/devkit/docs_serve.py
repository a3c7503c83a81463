"""How does the site follow what one writes? `make docs ARGS=--serve` shows it, and builds it again at every change.

This process has Sphinx and the like imported, and forks for each build: one begins within milliseconds, with the
extensions and the settings as they are then. After a build, reload the page in the browser.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from devkit import slices
from devkit.toolchain import ROOT

SITE = ("-n", "-W", "--keep-going", "-b", "html", "docs", "build/site")
# What takes long to import, and is not ours: what is ours may change while this runs.
IMPORTED = (
    "sphinx.builders.html",
    "sphinx.cmd.build",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "furo",
    "myst_parser.sphinx_ext.main",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "matplotlib.pyplot",
    "bs4",
)
EVERY = 0.3  # seconds between two looks
Times = dict[str, int]


class Watch:
    """Which files of the repository have changed since the last look? Not those that git ignores."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.folders: Times = {}
        self.files: Times = {}
        self.look()

    def look(self) -> list[str]:
        """Return what has come, gone or changed, sorted."""
        before = self.files
        if (
            not self.folders or self.times(list(self.folders)) != self.folders
        ):  # a file came or went, ignored or not
            names = slices.tracked(self.root)
            self.folders = self.times(sorted({str(Path(name).parent) for name in names}))
        else:
            names = list(before)
        self.files = self.times(names)
        changed = before.keys() ^ self.files.keys()
        return sorted(changed | {name for name, time in self.files.items() if before.get(name, time) != time})

    def times(self, names: list[str]) -> Times:
        found = {}
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                found[name] = (self.root / name).stat().st_mtime_ns
        return found


def build(arguments: tuple[str, ...]) -> bool:
    """Build the site in a process of its own; return whether it is without a warning."""
    sys.stdout.flush()
    child = os.fork()
    if not child:
        code = 1
        with contextlib.suppress(KeyboardInterrupt):
            from sphinx.cmd.build import main

            code = main(list(arguments))
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@contextlib.contextmanager
def server(folder: Path) -> Iterator[None]:
    """Serve a folder on a free port of this machine; the address is printed."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-u",
        "-m",
        "http.server",
        "--bind",
        "127.0.0.1",
        "--directory",
        str(folder),
        "0",
    ]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def timed(arguments: tuple[str, ...]) -> None:
    began = time.monotonic()
    good = build(arguments)
    said = "built" if good else "built, with warnings (see above)"
    print(f"{said}, in {time.monotonic() - began:.1f} s; watching for changes", flush=True)


def stop(*_: object) -> None:
    raise KeyboardInterrupt


def main(arguments: tuple[str, ...] = SITE) -> int:
    """Serve and build until Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, stop)
    with contextlib.suppress(KeyboardInterrupt):
        for name in IMPORTED:
            importlib.import_module(name)
        watch = Watch()
        timed(arguments)
        with server(ROOT / arguments[-1]):
            while True:
                time.sleep(EVERY)
                if changed := watch.look():
                    more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
                    print(f"changed: {', '.join(changed[:3])}{more}", flush=True)
                    timed(arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:]) or SITE))
