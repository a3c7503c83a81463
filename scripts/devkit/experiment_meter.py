"""How many workers live, and what do they cost? One meter for everything that the abort experiment starts.

It counts processes by the name that a worker carries while it works (`ps` shows it), whoever has started them.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Self

EVERY = 0.2  # seconds between two counts
Counts = list[tuple[float, dict[str, int]]]


def census(names: set[str]) -> dict[str, int]:
    """Return how many living processes carry each of `names`; zombies cost nothing."""
    found: Counter[str] = Counter()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                head, _, rest = (entry / "stat").read_text(errors="replace").rpartition(")")
                name = head.partition("(")[2]
                if name in names and rest.split()[0] not in "ZX":
                    found[name] += 1
    return {name: found[name] for name in names}


def seconds(line: list[tuple[float, int]], first: float, last: float) -> float:
    """Return for how many seconds workers lived between two times: the area below a line of counts."""
    total = 0.0
    for (begin, live), (end, _) in itertools.pairwise(line):
        total += live * max(0.0, min(end, last) - max(begin, first))
    return total


class Meter:
    """Counts in the background while the context is open.

    Args:
        names: What the workers are called.

    Attributes:
        counts: Each count with its time (time.time()).
    """

    def __init__(self, names: set[str]) -> None:
        self.names, self.counts = names, Counts()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(EVERY):
            self.counts.append((time.time(), census(self.names)))

    def line(self, name: str) -> list[tuple[float, int]]:
        return [(at, found[name]) for at, found in list(self.counts)]

    def now(self, name: str) -> int:
        return self.counts[-1][1][name] if self.counts else 0


class Wire:
    """A way to a port of 127.0.0.1 that can be cut, as a network is: what is sent then is never answered.

    Args:
        target: The port behind it.
    """

    def __init__(self, target: int) -> None:
        self._target, self._cut = target, threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._cut.set()
        self._listener.close()

    def cut(self) -> None:
        """Lose all that is sent from now on; connections stay open."""
        self._cut.set()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if not self._cut.is_set():
                    sink.sendall(data)
            sink.close()
