"""What happens to running tasks when this process is told to stop?

Python's default for SIGTERM ends the process at once, and flytekit handles only SIGINT: either would leave
the resource running in the cluster. A handler cannot call gRPC safely, because the interrupted code may hold
the channel's lock. So the handler only stops the runs: one in the main thread by the exception that the
handler raises, one in another thread by a flag that its polling loop reads. The runs themselves send
DeleteTask while they unwind.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType

_GRACE_SECONDS = 20.0

_lock = threading.Lock()
_running: dict[int, int] = {}  # thread id -> number of runs in that thread
_stop = threading.Event()
_idle = threading.Event()
_previous: dict[int, signal.Handlers | signal._HANDLER] = {}


class Aborted(SystemExit):
    """The process was told to stop while a task ran in another thread than the main one."""


def install() -> None:
    """Put the handlers in place, once. Does nothing outside the main thread, where Python does not allow
    it."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        present = signal.getsignal(number)
        if present not in (signal.SIG_IGN, None, _handle):
            _previous[number] = present
            signal.signal(number, _handle)


@contextlib.contextmanager
def watching() -> Iterator[None]:
    """Count the enclosed run as running, so that a signal waits until it has cleaned up."""
    install()
    thread = threading.get_ident()
    with _lock:
        _running[thread] = _running.get(thread, 0) + 1
        _idle.clear()
    try:
        yield
    finally:
        with _lock:
            _running[thread] -= 1
            if not _running[thread]:
                del _running[thread]
            if not _running:
                _stop.clear()
                _idle.set()


def pause(seconds: float) -> None:
    """Sleep, but not past the moment when the process is told to stop.

    Raises:
        Aborted: The process was told to stop.
    """
    if _stop.wait(seconds):
        raise Aborted(1)


def _handle(number: int, frame: FrameType | None) -> None:
    """Stop the runs, wait for those of other threads, then do what would have been done without this
    module."""
    active = bool(_running)
    if active:
        _stop.set()
        if threading.main_thread().ident not in _running:
            _idle.wait(_GRACE_SECONDS)
    previous = _previous[number]
    if callable(previous):
        previous(number, frame)
    elif active:
        raise SystemExit(128 + number)
    else:
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
