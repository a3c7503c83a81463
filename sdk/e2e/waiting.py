"""How does a test wait for what a child says or does?"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from devkit.process import Child


def until(true: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait until `true` returns True; fails with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(0.1)


def said(child: Child, pattern: str, seconds: float = 60) -> re.Match[str]:
    """Wait until the child's stderr has a line that matches `pattern`, and return the match."""
    matches: list[re.Match[str]] = []

    def look() -> bool:
        ended = not child.alive()
        matches[:] = [found for line in list(child.tail) if (found := re.search(pattern, line))]
        assert matches or not ended, "\n".join(
            [f"{child.name} ended and never said {pattern!r}:", *child.tail]
        )
        return bool(matches)

    until(look, f"{child.name} has not said {pattern!r}", seconds)
    return matches[0]


def job_of(child: Child) -> str:
    """Return the name of the resource that the child's task became, from the address of a worker's log."""
    return said(child, r"link worker 0: file:///\S+/[a-z-]+_([a-z-]+-[a-z2-7]{12})-\S*0-\w{5}_")[1]


def ended(child: Child, seconds: float = 60) -> int:
    """Wait until the child has ended; return its exit code."""
    until(lambda: not child.alive(), f"{child.name} still runs; it said {list(child.tail)}", seconds)
    return child.process.returncode
