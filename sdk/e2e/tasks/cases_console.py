"""Which task is recorded for the page about the console? One whose custom information changes while it runs."""

from __future__ import annotations

import time

from flytekit import task

from flytekitplugins.larkspur import Job


@task(task_config=Job(completions=4, parallelism=2))
def in_pairs(seconds: float) -> float:
    """Take some time in each of four workers, two of which run at once."""
    time.sleep(seconds)
    return seconds
