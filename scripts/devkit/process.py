"""How are long-running children started, ended, and looked for afterwards?

Every child runs under a lifeline (lifeline.py) and in a session of its own: a Ctrl-C at the terminal reaches only this
process, which then ends its children in the right order; and when this process is killed, the lifelines end them.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, NamedTuple, TypeVar

from devkit import lifeline

Say = Callable[[str], None]
T = TypeVar("T")
LAST_LINES = 5.0  # seconds for the lines that an ended child wrote last


class ChildError(RuntimeError):
    """A child that ended before its time, or did not do what it was started for."""


class Child:
    """A command that runs beside this process until `stop`.

    Start it in the main thread: the kernel ties a lifeline to the *thread* that started it.

    Args:
        name: What to call it in messages.
        command: The program and its arguments.
        env: The whole environment; this process's own when None.
        log: File that gets stdout and stderr. Without one, stderr goes line by line to `say`, stdout to `self.stdout`.
        say: Gets each line of stderr.
    """

    def __init__(
        self,
        name: str,
        command: list[str],
        env: dict[str, str] | None = None,
        log: Path | None = None,
        say: Say | None = None,
    ) -> None:
        self.name, self.tail = name, deque[str](maxlen=40)
        with log.open("ab") if log else contextlib.nullcontext() as file:
            self.process = subprocess.Popen(
                lifeline.argv(*command),
                env=env,
                stdin=subprocess.PIPE,
                stdout=file or subprocess.PIPE,
                stderr=file or subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        self._reader: threading.Thread | None = None
        if self.process.stderr:
            self._reader = threading.Thread(
                target=self._forward, args=(self.process.stderr, say), daemon=True
            )
            self._reader.start()

    def _forward(self, stream: IO[str], say: Say | None) -> None:
        for line in stream:
            self.tail.append(line.rstrip("\n"))
            if say:
                say(self.tail[-1])

    @property
    def stdout(self) -> IO[str]:
        """What the child writes; only for one without a log."""
        if self.process.stdout is None:
            raise ValueError(f"{self.name} writes into its log")
        return self.process.stdout

    def _read_to_the_end(self) -> None:
        """Wait until the last lines of an ended child are in `tail`; not for ever: it may have given stderr away."""
        if self._reader and self._reader is not threading.current_thread():
            self._reader.join(LAST_LINES)
            self._reader = None

    def alive(self) -> bool:
        """Whether it still runs; when not, `tail` is complete."""
        running = self.process.poll() is None
        if not running:
            self._read_to_the_end()
        return running

    def wait(self, seconds: float | None = None) -> int:
        """Wait for the end, for at most `seconds`, and return the exit code; `tail` is complete then.

        Raises subprocess.TimeoutExpired when it still runs.
        """
        code = self.process.wait(seconds)
        self._read_to_the_end()
        return code

    def interrupt(self) -> None:
        """Send SIGINT to the command and all that it started, as Ctrl-C at its terminal would."""
        lifeline.tell(lifeline.descendants(self.process.pid), signal.SIGINT)

    def kill9(self) -> None:
        """SIGKILL the command itself, which its lifeline then follows."""
        lifeline.tell(lifeline.descendants(self.process.pid), signal.SIGKILL)
        self.wait(10)

    def stop(self, patience: float = 45.0) -> None:
        """Close the child's stdin, send SIGTERM, and SIGKILL whatever is left of it after `patience` seconds."""
        if self.process.stdin:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()
        if self.alive():
            self.process.terminate()
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                lifeline.tell({*lifeline.descendants(self.process.pid), self.process.pid}, signal.SIGKILL)
                self.process.wait(10)
        self._read_to_the_end()


class Found(NamedTuple):
    """A process that still runs."""

    pid: int
    command: str


def naming(*texts: str | Path) -> list[Found]:
    """Return the living processes, except this one, whose command line or environment contains one of `texts`."""
    wanted = [os.fsencode(str(text)) for text in texts]
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            line = (entry / "cmdline").read_bytes()
            if any(text in line + (entry / "environ").read_bytes() for text in wanted):
                words = line.replace(b"\0", b" ").decode(errors="replace").strip()
                found.append(Found(int(entry.name), words[:200]))
    return found


def await_none(look: Callable[[], list[T]], seconds: float) -> list[T]:
    """Call `look` until it finds nothing, for at most `seconds`; return what it found last."""
    deadline = time.monotonic() + seconds
    while (left := look()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def unwind_on_sigterm() -> None:
    """Make SIGTERM raise SystemExit in the main thread, so that context managers clean up as they do for Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Ignore SIGINT and SIGTERM while the enclosed code cleans up: an impatient second Ctrl-C must not cut it off."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
