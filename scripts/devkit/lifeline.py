"""How does everything that a session starts end with it, even when make or nox is killed?

`python lifeline.py PARENT -- COMMAND …` runs COMMAND and stays its parent. When PARENT goes away (the kernel says so
by SIGTERM), or when it is told to terminate, COMMAND gets SIGTERM and a grace period. As a child subreaper the
lifeline also inherits whatever COMMAND leaves behind (`go test` forwards no signal to its test binaries), and ends
that too. The exit code is COMMAND's; 128 + signal number when a signal ended it.

Standard library only: it runs with any Python, before any environment exists. Linux only.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # <linux/prctl.h>
GRACE = float(
    os.environ.get("LIFELINE_GRACE", "45")
)  # seconds for COMMAND after SIGTERM; less than the caller's
LEFTOVER_GRACE = 5.0  # seconds for what COMMAND left behind
WATCHED = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD}


def argv(*command: str) -> list[str]:
    """Return the command line that runs `command` under a lifeline to this process."""
    return [sys.executable, "-I", "-S", str(Path(__file__).resolve()), str(os.getpid()), "--", *command]


def prctl(option: int, value: int) -> None:
    """Call prctl(2); raises OSError with its errno."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}, {value})")


def die_with(parent: int) -> None:
    """Get SIGTERM when `parent` dies; also when it is dead already, which prctl alone would miss."""
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def start(command: list[str]) -> int:
    """Fork and exec `command` with the signal mask that the lifeline was started with; return its pid."""
    parent = os.getpid()
    child = os.fork()
    if child:
        return child
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
        die_with(parent)
        os.execvp(command[0], command)
    except OSError as error:
        print(f"lifeline: start {command[0]}: {error.strerror}", file=sys.stderr)
    os._exit(127)


def descendants(root: int) -> set[int]:
    """Return the pids of all processes below `root`, from /proc."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError):
                stat = (entry / "stat").read_text(errors="replace")
                children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    found, todo = set(), [root]
    while todo:
        for pid in children.get(todo.pop(), []):
            found.add(pid)
            todo.append(pid)
    return found


def tell(pids: set[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def reap(command: int) -> int | None:
    """Collect every child that has ended; return COMMAND's wait status if it was among them."""
    status = None
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            status = ended[1] if ended[0] == command else status
    return status


def wait(command: int) -> int:
    """Wait for COMMAND, passing a request to stop on once; return its wait status.

    SIGINT is not passed on: a terminal sends Ctrl-C to the whole foreground group, so COMMAND has it already. What nox
    adds to that a moment later (SIGTERM) must not cut the orderly end short, and only starts the clock.
    """
    interrupted, deadline = False, None
    while (status := reap(command)) is None:
        left = 3600.0 if deadline is None else deadline - time.monotonic()
        got = signal.sigtimedwait(WATCHED, max(left, 0.0))
        if got is None and deadline is not None:
            tell({command}, signal.SIGKILL)
        elif got is not None and got.si_signo == signal.SIGINT:
            interrupted = True
        elif got is not None and got.si_signo != signal.SIGCHLD and deadline is None:
            deadline = time.monotonic() + GRACE
            if not interrupted:
                tell({command}, signal.SIGTERM)
    return status


def end_leftovers() -> None:
    """End every process that COMMAND left behind: SIGTERM, a grace period, SIGKILL."""
    deadline, told = time.monotonic() + LEFTOVER_GRACE, set()
    while left := descendants(os.getpid()):
        late = time.monotonic() > deadline
        tell(left if late else left - told, signal.SIGKILL if late else signal.SIGTERM)
        told |= left
        signal.sigtimedwait({signal.SIGCHLD}, 0.1)
        reap(-1)


def main(parent: int, command: list[str]) -> int:
    """Run `command` until it or `parent` ends; return its exit code as a shell would."""
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    die_with(parent)
    status = wait(start(command))
    end_leftovers()
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    if len(sys.argv) < 4 or not sys.argv[1].isdigit() or sys.argv[2] != "--":
        sys.exit("usage: python lifeline.py PID_OF_PARENT -- COMMAND …")
    sys.exit(main(int(sys.argv[1]), sys.argv[3:]))
