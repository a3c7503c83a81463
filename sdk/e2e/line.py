"""What is between a caller and a connector? A TCP connection that a test can cut."""

from __future__ import annotations

import contextlib
import socket
import threading


class Line:
    """A TCP connection to the connector that a test can cut."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._target, self._open = (host, int(port)), []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                ours, _ = self._listener.accept()
            except OSError:
                return
            theirs = socket.create_connection(self._target)
            self._open += [ours, theirs]
            for one, other in ((ours, theirs), (theirs, ours)):
                threading.Thread(target=self._copy, args=(one, other), daemon=True).start()

    def _copy(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while chunk := source.recv(1 << 16):
                target.sendall(chunk)
        except OSError:
            return

    def cut(self) -> None:
        """End it, and take no other: a caller is refused from now on."""
        for one in (*self._open, self._listener):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
