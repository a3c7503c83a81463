"""What does a worker compute? A Monte-Carlo estimate of π, at a steady pace, so that its processor is mostly idle.

Standard library only, so that a worker starts in a moment. The service runs this file as a process; a Kubernetes Job
can call `estimate` in its own process, and is then the same worker.
"""

from __future__ import annotations

import contextlib
import json
import math
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROUND = 0.1  # seconds: as often a worker says how far it is


class Tally(NamedTuple):
    """How many points a worker has thrown at a square, and how many fell into the circle."""

    points: int = 0
    inside: int = 0

    def pi(self) -> float:
        return 4 * self.inside / self.points

    def standard_error(self) -> float:
        share = self.inside / self.points
        return 4 * math.sqrt(share * (1 - share) / self.points)


def carry_name(name: str) -> None:
    """Let `ps` show this process as `name`, of which Linux keeps 15 characters."""
    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_text(name)


def estimate(
    name: str,
    seed: int,
    points: int,
    seconds: float,
    report: Callable[[Tally], None] = lambda _: None,
    tally: Tally = Tally(),  # noqa: B008
) -> Tally:
    """Throw `points` points within `seconds`, and return what came out.

    Args:
        name: Of the process while it works, for those who count live workers.
        seed: Of the random numbers; each worker needs its own.
        points: How many, those of `tally` included.
        seconds: How long the whole takes; a machine that is too slow takes longer.
        report: Is told now and then.
        tally: What an earlier process of the same worker has done.
    """
    carry_name(name)
    rounds = max(1, round(seconds / ROUND))
    source, began, first = random.Random(seed * 1_000_003 + tally.points), time.monotonic(), tally.points
    while tally.points < points:
        more = min(max(1, points // rounds), points - tally.points)
        hits = sum(source.random() ** 2 + source.random() ** 2 < 1 for _ in range(more))
        tally = Tally(tally.points + more, tally.inside + hits)
        report(tally)
        due = began + seconds * (tally.points - first) / points
        time.sleep(max(0.0, due - time.monotonic()))
    return tally


def note(path: Path, **words: object) -> None:
    """Write a small JSON file, whole or not at all. Raises OSError when its folder is gone: nobody would know more."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps(words))
    new.replace(path)


def main(folder: Path, number: int) -> None:
    """Be one worker of the job in `folder`, from where an earlier process of it was; raises OSError like `note`."""
    order = json.loads((folder / "order.json").read_text())
    path = folder / f"worker-{number}.json"
    before = json.loads(path.read_text()) if path.exists() else {}
    tally = Tally(before.get("points", 0), before.get("inside", 0))
    workers = order["workers"]
    mine = len(range(number, order["samples"], workers))
    print(f"{time.strftime('%H:%M:%S')} worker {number}: {tally.points} of {mine} points", flush=True)
    tally = estimate(
        order["name"], number, mine, order["seconds"], lambda now: note(path, **now._asdict()), tally
    )
    note(path, **tally._asdict(), done=True)
    print(f"{time.strftime('%H:%M:%S')} worker {number}: done, {tally.inside} points inside", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
