"""What happens to running tasks when this process is told to stop?

Python's default for SIGTERM ends the process at once, and flytekit handles only SIGINT: either would leave
the resource running in the cluster. A handler cannot call gRPC safely, nor take any lock, because the
interrupted code may hold it. So the handler only stops the runs: one in the main thread by the exception that
the handler raises, those in other threads by a flag that their polling loops read. The runs themselves send
DeleteTask while they unwind.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any

_GRACE_SECONDS = 20.0
_SLICE_SECONDS = 0.1

_running: dict[object, int] = {}  # one entry for each run: the thread that it is in
_previous: dict[int, Any] = {}  # the handlers that were there before ours
_stopping = False


class Aborted(BaseException):
    """The process was told to stop while a task ran in another thread than the main one.

    Not an Exception, so that no caller takes it for the task's; not SystemExit, which would kill the event
    loop of flytekit's eager tasks.
    """


def install() -> None:
    """Put the handlers in place, once; not outside the main thread, where Python does not allow it."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        present = signal.getsignal(number)
        if number not in _previous and present not in (signal.SIG_IGN, None):
            _previous[number] = present
            signal.signal(number, _handle)


@contextlib.contextmanager
def watching() -> Iterator[None]:
    """Count the enclosed run as running, so that the process does not end before it has cleaned up."""
    global _stopping
    install()
    run = object()
    _running[run] = threading.get_ident()
    try:
        yield
    finally:
        del _running[run]
        if _stopping and threading.current_thread() is threading.main_thread():
            _wait_for_others()
        if not _running:
            _stopping = False


def pause(seconds: float) -> None:
    """Sleep, but not past the moment when the process is told to stop.

    Raises:
        Aborted: The process was told to stop.
    """
    until = time.monotonic() + seconds
    while not _stopping and (rest := until - time.monotonic()) > 0:
        time.sleep(min(rest, _SLICE_SECONDS))
    if _stopping:
        raise Aborted


def _wait_for_others() -> None:
    until = time.monotonic() + _GRACE_SECONDS
    while _running and time.monotonic() < until:
        time.sleep(_SLICE_SECONDS)


def _handle(number: int, frame: FrameType | None) -> None:
    """Stop the runs, then do what would have been done without this module."""
    global _stopping
    threads = list(_running.values())
    _stopping = bool(threads)
    if threading.main_thread().ident not in threads:
        _wait_for_others()
    previous = _previous[number]
    if callable(previous):
        previous(number, frame)
    elif threads:
        raise SystemExit(128 + number)
    else:
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
