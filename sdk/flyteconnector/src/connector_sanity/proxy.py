"""What stands between a connector and the API server, counts the calls, and breaks those that a check wants broken?"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from connector_sanity.faults import Call, Fault, Mode
from connector_sanity.forward import Server
from connector_sanity.upstream import upstream
from connector_sanity.verbs import understood

__all__ = ["Call", "Fault", "Mode", "Proxy"]


class Proxy:
    """An HTTP server on 127.0.0.1 in front of an API server.

    Args:
        kubeconfig: Whose cluster it forwards to; also who its callers are, unless they bring a token.
        bearer: The token of those that bring none. client-go takes none out of a kubeconfig to an address without TLS.

    Attributes:
        address: ``http://127.0.0.1:PORT``.
        calls: All that came, whatever became of them; it only grows.
    """

    def __init__(self, kubeconfig: Path, bearer: str = "") -> None:
        self.calls: list[Call] = []
        self._running = 0
        self._faults: tuple[Fault, ...] = ()
        self._lock, self._healed = threading.Lock(), threading.Event()
        self._server = Server(upstream(kubeconfig, bearer), self)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.heal()
        self._server.shutdown()
        self.cut()
        self._server.server_close()

    def break_(self, *faults: Fault) -> None:
        """Replace the faults; a call gets the first that takes it. Connections that are open stay so: see `cut`."""
        self.heal()
        with self._lock:
            self._faults, self._healed = faults, threading.Event()

    def heal(self) -> None:
        """Break no more calls, and let the held answers go."""
        with self._lock:
            self._faults = ()
            self._healed.set()

    def cut(self) -> None:
        """Break the connections that are open, watches above all."""
        for connection in self._server.open():
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    @property
    def busy(self) -> bool:
        """Return whether a call that came is not over yet, watches aside."""
        return self._running > 0

    @contextlib.contextmanager
    def note(self, method: str, path: str) -> Iterator[tuple[Fault | None, threading.Event]]:
        """Keep a call that came, while it runs, and yield the fault that takes it, with what ends a hold."""
        call = Call(method, path, *understood(method, path), time.monotonic())
        with self._lock:
            self.calls.append(call)
            taken = next((fault for fault in self._faults if fault.takes(call)), None)
            if taken is not None and taken.mode is not Mode.HOLD:
                taken.hit += 1
            healed = self._healed
            self._running += call.verb != "watch"
        try:
            yield taken, healed
        finally:
            with self._lock:
                self._running -= call.verb != "watch"
