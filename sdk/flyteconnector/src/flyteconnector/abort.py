"""What happens to running tasks when this process is told to stop?

Python's default for SIGTERM ends the process at once, and flytekit handles only SIGINT: either would leave
the resource running in the cluster. A handler cannot call gRPC safely, nor take any lock, because the
interrupted code may hold it. So the handler only stops the runs: one in the main thread by the exception that
the handler raises, those in other threads by a flag that their polling loops read. The runs themselves send
DeleteTask while they unwind. Another signal must not cut that off: it is answered with a word.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

_GRACE_SECONDS = 20.0
_SLICE_SECONDS = 0.1

_running: dict[object, int] = {}  # one entry for each run: the thread that it is in
_previous: dict[int, Any] = {}  # the handlers that were there before ours
_stopping = False
_deleting: dict[int, str] = {}  # by thread: what is being deleted
_told = False  # that it is
_held = 0  # the signal that came first while the main thread deleted what had failed by itself


class Aborted(BaseException):
    """The process, or one run, was told to stop while a task ran in another thread than the main one.

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
    global _stopping, _told
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
            _stopping = _told = False


@contextlib.contextmanager
def deleting() -> Iterator[Callable[[str], None]]:
    """Hold signals back while the enclosed code deletes a resource, whose name it gives to what it gets from here."""
    global _held
    thread = threading.get_ident()
    _deleting[thread] = "the resource"
    try:
        yield lambda name: _deleting.update({thread: name})
    finally:
        del _deleting[thread]
        if thread == threading.main_thread().ident and _held:
            number, _held = _held, 0
            signal.raise_signal(number)


class Stop:
    """Ends one run from another thread, for example when the coroutine that waits for it is cancelled."""

    def __init__(self) -> None:
        self.wanted = False

    def pause(self, seconds: float) -> None:
        """Sleep, but not past the moment when this run is to end, or the process is told to stop.

        Raises:
            Aborted: One of the two was the case.
        """
        until = time.monotonic() + seconds
        while not (_stopping or self.wanted) and (rest := until - time.monotonic()) > 0:
            time.sleep(min(rest, _SLICE_SECONDS))
        if _stopping or self.wanted:
            raise Aborted


pause = Stop().pause  # for a run that ends only with the process


def _wait_for_others() -> None:
    until = time.monotonic() + _GRACE_SECONDS
    while _running and time.monotonic() < until:
        time.sleep(_SLICE_SECONDS)


def _handle(number: int, frame: FrameType | None) -> None:
    """Stop the runs, then do what would have been done without this module."""
    global _stopping
    if _must_wait(number):
        return
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


def _must_wait(number: int) -> bool:
    """Whether a signal comes while something is deleted that it would leave behind; says so, once."""
    global _told, _held
    in_main = threading.main_thread().ident in _deleting
    if not in_main and not (_stopping and _deleting):
        return False
    if not _stopping:
        _held = number
    if not _told:
        _told = True
        line = f"still deleting {', '.join(list(_deleting.values()))}\n"
        os.write(2, line.encode())  # print takes a lock that the interrupted code may hold
    return True
