"""How does a command run as if it were this process? It gets its signals, and its output goes where ours does."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, NamedTuple

# What a container's first process is sent: by Kubernetes, by a terminal, or to look into it (a0 dumps stacks on USR1).
PASSED_ON = (
    signal.SIGTERM,
    signal.SIGINT,
    signal.SIGHUP,
    signal.SIGQUIT,
    signal.SIGUSR1,
    signal.SIGUSR2,
)
KEPT = 256 << 10  # bytes of the end of stdout, and of stderr
PATIENCE = 2.0  # seconds for what the command may have left behind to close them


class Ended(NamedTuple):
    """How the command ended."""

    code: int
    """As a shell reports it: 128 + n after signal n."""
    by_signal: bool
    """Whether it was ended by a signal, or this process was told to end it."""
    last_words: tuple[str, str]
    """The ends of what it wrote to stdout and to stderr."""


def run(name: str, arguments: list[str]) -> Ended:
    """Run a command and wait for its end.

    Its output is copied to ours, to keep its end: a0 writes the user's traceback there, and nowhere else.

    Raises:
        FileNotFoundError: There is no such command beside this Python, nor on PATH.
    """
    beside = str(Path(sys.executable).parent)
    command = shutil.which(name, path=os.pathsep.join([beside, os.environ.get("PATH", os.defpath)]))
    if command is None:
        raise FileNotFoundError(name)
    child: subprocess.Popen[bytes] | None = None
    early: list[int] = []
    told_to_end = threading.Event()

    def pass_on(number: int, _: object) -> None:
        if number not in (signal.SIGUSR1, signal.SIGUSR2):
            told_to_end.set()
        if child is None:
            early.append(number)
        else:
            child.send_signal(number)

    for number in PASSED_ON:
        signal.signal(number, pass_on)
    # In a group of its own, so that Ctrl-C at a terminal does not reach it twice.
    child = subprocess.Popen(
        [command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, process_group=0
    )
    for number in early:
        child.send_signal(number)
    copies = [Copy(child.stdout, 1), Copy(child.stderr, 2)]
    code = child.wait()
    stopped = code < 0 or (code != 0 and told_to_end.is_set())
    return Ended(code if code >= 0 else 128 - code, stopped, tuple(copy.end() for copy in copies))


class Copy:
    """Copies a pipe to a file of ours while it is open, in the background, and keeps the end of what came."""

    def __init__(self, source: IO[bytes], target: int) -> None:
        self._source, self._target, self._kept = source, target, bytearray()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while chunk := os.read(self._source.fileno(), 1 << 16):
            self._kept += chunk
            del self._kept[:-KEPT]
            with contextlib.suppress(OSError):  # nobody reads our output: no reason to block the task
                while chunk:
                    chunk = chunk[os.write(self._target, chunk) :]

    def end(self) -> str:
        """Wait until the pipe is closed, though not for ever, and return the end of what came."""
        self._thread.join(PATIENCE)
        return bytes(self._kept).decode(errors="replace")
