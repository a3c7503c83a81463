"""What did a run of the abort experiment show? Numbers for its record, and what they depend on."""

from __future__ import annotations

import datetime
import hashlib
import json
import platform
import re
import subprocess
from typing import TYPE_CHECKING, Any

from devkit import bench
from devkit.experiment_meter import seconds
from devkit.experiment_rows import AFTER, BEFORE, PRICE, ROWS
from devkit.toolchain import ROOT

if TYPE_CHECKING:
    from devkit.experiment import Experiment, Running

# What the outcome depends on; not the tests.
INPUTS = (
    "examples/paid_service/*.py",
    "examples/paid_connector/*.py",
    "examples/abort_experiment/*.py",
    "scripts/devkit/experiment*.py",
    "scripts/devkit/plain_pod.py",
    "go/connector/core/delete.go",
    "go/plugins/job/*.go",
)


def inputs() -> str:
    """Return 16 hexadecimal digits over the files that the outcome depends on."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *INPUTS]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    digest = hashlib.sha256()
    for name in sorted(filter(None, names)):
        if not name.endswith("_test.go") and (ROOT / name).exists():
            digest.update(name.encode() + b"\0" + (ROOT / name).read_bytes())
    return digest.hexdigest()[:16]


def about() -> dict[str, Any]:
    """Say when, where and with which numbers the run was made."""
    from abort_experiment import tasks

    known = bench.about()
    return {
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": known["machine"],
        "python": platform.python_version(),
        "flytekit": known["versions"]["flytekit"],
        "price": PRICE,
        "workers": tasks.WORKERS,
        "before": BEFORE,
        "after": AFTER,
        "lease": tasks.LEASE,
        "inputs": inputs(),
    }


def changes(line: list[tuple[float, int]], zero: float, before: float, after: float) -> list[list[float]]:
    """Return [seconds from zero, live workers] where their number changes, from `-before` to `after`."""
    found: list[list[float]] = []
    for at, live in line:
        place = round(min(max(at - zero, -before), after), 1)
        if found and place == found[-1][0] == -before:
            found[-1] = [place, live]
        elif not found or found[-1][1] != live:
            found.append([place, live])
    return [*found, [after, found[-1][1]]]


def gone(line: list[tuple[float, int]], zero: float, last: float) -> float | None:
    """Return after how many seconds no worker was found any more, or None if there was one until the last moment."""
    late = [(at, live) for at, live in line if zero <= at <= last]
    seen = max((place for place, (_, live) in enumerate(late) if live), default=-1)
    return None if seen == len(late) - 1 else round(late[seen + 1][0] - zero, 1)


def row(it: Experiment, one: Running) -> dict[str, Any]:
    """Return what was seen of one row; everything in dollars comes from the one meter, but for `billed`."""
    line, zero = it.meter.line(one.name), one.ended
    last = zero + AFTER
    stopped = gone(line, zero, last)
    found: dict[str, Any] = {
        "expected_to_stop": one.row.stops,
        "stopped_after": stopped,
        "live_at_end": [live for at, live in line if at <= last][-1],
        "dollars_after": round(PRICE * seconds(line, zero, last), 3),
        "line": changes(line, zero, BEFORE, AFTER),
        "state": None,
    }
    if one.work.key:
        job = it.paid.get(one.work.key)
        metered = PRICE * seconds(it.meter.line(one.name), 0, it.meter.counts[-1][0])
        found |= {"state": job.state.value, "billed": round(job.dollars, 3), "metered": round(metered, 3)}
    return found


def packed(result: dict[str, Any]) -> str:
    """Return the record as JSON, with a line of numbers in a line of text."""
    return (
        re.sub(r"\[[^\[\]{}]*\]", lambda found: " ".join(found[0].split()), json.dumps(result, indent=1))
        + "\n"
    )


def text(result: dict[str, Any]) -> str:
    """Return one line for each row."""
    lines = []
    for each in ROWS:
        found = result["rows"][each.name]
        after = found["stopped_after"]
        ended = "goes on" if after is None else f"stopped after {after:.1f} s"
        mark = "" if (after is not None) == each.stops else "   NOT as expected"
        lines.append(f"{each.name:<15} {ended:<22} ${found['dollars_after']:.2f} after the end{mark}")
    return "\n".join(lines)
