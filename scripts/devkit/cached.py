"""How is a large Go program built only once per machine, whole or not at all, while people see how far it is?

`once()` returns a folder below the cache. The first process that asks fills it; a second one waits.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from devkit import lifeline, progress
from devkit.toolchain import Go, ToolchainError, cache, only_one

KEPT = 4  # builds of a kind: each is large, and editing go.mod asks for another


@dataclass(frozen=True)
class Product:
    """What is to be built.

    Args:
        kind: Its folder below the cache.
        name: What to call it in messages.
        key: A digest over everything that it depends on.
        disk: Bytes that the build needs.
        long: How long the first build takes.
    """

    kind: str
    name: str
    key: str
    disk: int
    long: str


def once(product: Product, make: Callable[[Path], None]) -> Path:
    """Return the product's folder; `make` fills an empty one when it is missing. Raises ToolchainError."""
    home = cache() / product.kind
    done = home / product.key
    if done.is_dir():
        done.touch()  # says when it was last used
        return done
    with only_one(
        home / f"{done.name}.lock", f"another process is building the {product.name}; waiting for it"
    ):
        if done.is_dir():
            return done
        for old in home.glob(f".{done.name}.*"):  # of a build that was killed
            shutil.rmtree(old)
        partial = home / f".{done.name}.{os.getpid()}"
        partial.mkdir()
        try:
            announce(product)
            make(partial)
            partial.rename(done)
            drop_old(home)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return done


def announce(product: Product) -> None:
    """Say what will be built, where, and for how long; raises ToolchainError when the disk is too small."""
    if (free := shutil.disk_usage(cache()).free) < product.disk:
        have = f"{cache()} has {free / 2**30:.1f}"
        raise ToolchainError(
            f"building the {product.name} needs {product.disk / 2**30:.0f} GiB of disk, and {have}: free some there"
        )
    long = f"{product.long} when Go has not compiled it before"
    if last := last_time(product.kind):
        long = f"it took {progress.clock(last['seconds'])} for {last['packages']} packages last time here"
    print(
        f"building the {product.name} from source, once per machine, into {cache()} ({long})",
        file=sys.stderr,
        flush=True,
    )


def compile_program(product: Product, tool: Go, module: Path, package: str, target: Path, flags: str) -> None:
    """Build one program of a module into `target`, with progress on stderr, and note how long it took."""
    started = time.monotonic()
    listing = lifeline.argv(tool.command, "list", "-deps", package)
    packages = progress.run(listing, tool.env, module, f"{product.name}: sources")
    command = [tool.command, "build", "-v", "-ldflags", flags, "-o", str(target), package]
    built = progress.run(
        lifeline.argv(*command), tool.env, module, product.name, at_most=len(packages.stdout)
    )
    took = {"seconds": round(time.monotonic() - started), "packages": len(built.stderr)}
    draft = cache() / f"times.{os.getpid()}.json"
    draft.write_text(json.dumps(notes() | {product.kind: took}) + "\n")
    draft.replace(cache() / "times.json")


def notes() -> dict[str, dict[str, int]]:
    """Return how long builds took, by kind; nothing when that is not readable."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        return dict(json.loads((cache() / "times.json").read_text()))
    return {}


def last_time(kind: str) -> dict[str, int] | None:
    """Return how long the last build of a kind took, if a readable note says so."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        return {name: int(notes()[kind][name]) for name in ("seconds", "packages")}
    return None


def drop_old(home: Path) -> None:
    """Keep the builds that were used last."""
    used = sorted((path for path in home.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
    for folder in used[:-KEPT]:
        shutil.rmtree(folder)
