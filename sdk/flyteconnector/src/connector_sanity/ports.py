"""On which port can a connector listen, and again after each restart?

Not on one of those that the kernel gives to clients: while the connector is down, any connection may have it.
"""

from __future__ import annotations

import contextlib
import random
import socket
from pathlib import Path

RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
"""Linux: the first and the last port that it gives to clients."""
USUAL = 32768
"""The first of them on Linux; others begin at 49152 (RFC 6335)."""
FIRST = 10_000
TRIES = 1000
_given: set[int] = set()


def first_of_clients() -> int:
    """Return the first port that the kernel may give to a client; where it leaves none below it, the usual one."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        first = int(RANGE.read_text(encoding="ascii").split()[0])
        if first > FIRST + TRIES:
            return first
    return USUAL


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on, that no client gets, and that was not returned before.

    Raises:
        OSError: Of a thousand, none was free.
    """
    last = first_of_clients() - 1
    for _ in range(TRIES):
        port = random.randint(FIRST, last)
        if port not in _given and free(port):
            _given.add(port)
            return port
    raise OSError(f"of {TRIES} ports of 127.0.0.1 between {FIRST} and {last}, none is free")


def free(port: int) -> bool:
    """Return whether one can listen on a port."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
