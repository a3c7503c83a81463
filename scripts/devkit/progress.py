"""How far is a long Go command, and how long has it run?

Runs the command and, while it is quiet, says every few seconds what it counted: on a terminal one line that is
overwritten, elsewhere a line now and then.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from devkit.toolchain import ToolchainError

EVERY_ON_TERMINAL, EVERY_IN_LOG = 1.0, 15.0  # seconds


@dataclass
class Output:
    """What a command wrote: lines of both streams, and the modules it downloaded."""

    stdout: list[str] = field(default_factory=list)
    stderr: list[str] = field(default_factory=list)
    downloads: int = 0


def clock(seconds: float) -> str:
    """Return 492 as "8:12"."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def run(
    argv: list[str], env: dict[str, str], cwd: Path, name: str, at_most: int = 0, quiet: float = 3
) -> Output:
    """Run `argv` and return its output; nothing is shown in the first `quiet` seconds.

    `go build -v` writes a line for each package it compiles, which is what `at_most` is compared with.
    Raises ToolchainError with the last lines of stderr when the command fails.
    """
    output, started = Output(), time.monotonic()
    process = subprocess.Popen(
        argv,
        env=env,
        cwd=cwd,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    readers = [
        threading.Thread(target=collect, args=(process.stdout, output, output.stdout), daemon=True),
        threading.Thread(target=collect, args=(process.stderr, output, output.stderr), daemon=True),
    ]
    for reader in readers:
        reader.start()
    shown = watch(process, output, name, at_most, started + quiet)
    for reader in readers:
        reader.join()
    if shown:
        show(f"{name}: {state(output, at_most)}, done in {clock(time.monotonic() - started)}", last=True)
    if process.returncode != 0:
        raise ToolchainError("\n".join([f"{name} failed ({process.returncode}):", *output.stderr[-40:]]))
    return output


def collect(stream, output: Output, lines: list[str]) -> None:
    for line in stream:
        if line.startswith("go: downloading "):
            output.downloads += 1
        else:
            lines.append(line.rstrip("\n"))


def watch(process: subprocess.Popen, output: Output, name: str, at_most: int, show_at: float) -> bool:
    """Show the state until `process` has ended; return whether anything was shown."""
    every, shown, started = (
        EVERY_ON_TERMINAL if sys.stderr.isatty() else EVERY_IN_LOG,
        False,
        time.monotonic(),
    )
    while process.poll() is None:
        try:
            process.wait(0.2)
        except subprocess.TimeoutExpired:
            if time.monotonic() >= show_at:
                show(f"{name}: {state(output, at_most)}, {clock(time.monotonic() - started)}")
                show_at, shown = time.monotonic() + every, True
        except BaseException:
            process.terminate()
            process.wait()
            raise
    return shown


def state(output: Output, at_most: int) -> str:
    """Return "modules downloaded: 120, packages compiled: 300 of at most 1900"."""
    compiled = f"packages compiled: {len(output.stderr)}" + (f" of at most {at_most}" if at_most else "")
    return f"modules downloaded: {output.downloads}, {compiled}" if output.downloads else compiled


def show(text: str, last: bool = False) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="\n" if last else "", file=sys.stderr, flush=True)
    else:
        print(text, file=sys.stderr, flush=True)
