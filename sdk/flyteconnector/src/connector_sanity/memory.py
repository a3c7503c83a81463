"""What does a process use: memory, open files, threads? Linux tells it in /proc."""

from __future__ import annotations

from pathlib import Path


def resident(pid: int) -> int | None:
    """Return the bytes of a process that are in memory (VmRSS); None where there is no /proc, or no such process."""
    size = _status(pid, "VmRSS")
    return None if size is None else size << 10


def threads(pid: int) -> int | None:
    """Return how many threads a process has; None as above."""
    return _status(pid, "Threads")


def descriptors(pid: int) -> int | None:
    """Return how many files and connections a process has open; None as above."""
    try:
        return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return None


def _status(pid: int, field: str) -> int | None:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith(f"{field}:"):
            return int(line.split()[1])
    return None
