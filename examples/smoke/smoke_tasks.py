"""Which tasks does `nox -s smoke` run on a real Flyte 1? One that succeeds, one that fails, one that is aborted.

They have to run as your custom resource. When you have made the plugin your own, configure them as your users do.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from flytekit import FlyteContextManager, task
from smoke_agreed import PATIENCE, WORDS, WORKERS

from flytekitplugins.larkspur import Job, worker


@task(task_config=Job(completions=WORKERS))
def add_up(n: int) -> int:
    """Add the numbers below n: each worker takes its share, and worker 0 adds what all have shared."""
    me = worker()
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder, f"part-{me.index}")
        part.write_text(str(sum(range(me.index, n, me.count))))
        me.share(part)
        return sum(
            _part(me.shared_folder, index, folder) for index in range(me.count if me.index == 0 else 0)
        )


def _part(shared: str, index: int, folder: str) -> int:
    """Wait for what a worker has shared, and return it."""
    access = FlyteContextManager.current_context().file_access
    place, deadline = access.join(shared, f"part-{index}"), time.monotonic() + PATIENCE
    while not access.exists(place):
        if time.monotonic() > deadline:
            raise TimeoutError(f"worker {index} has not shared {place} within {PATIENCE:g} s")
        time.sleep(1)
    local = str(Path(folder, f"from-{index}"))
    access.get_data(place, local)
    return int(Path(local).read_text())


@task(task_config=Job())
def decline(n: int) -> int:
    """Raise an exception, for any n but 0, whose words the user has to find in Flyte."""
    if n:
        raise ValueError(f"{WORDS}, n = {n}")
    return n


@task(task_config=Job(completions=WORKERS))
def linger(seconds: int) -> int:
    """Take longer than anybody waits."""
    time.sleep(seconds)
    return seconds
