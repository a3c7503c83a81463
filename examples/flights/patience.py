"""What happens to a task that nobody waits for? Press Ctrl-C while this runs through a connector: its Job goes away.

``pyflyte run examples/flights/patience.py wait --minutes 10``
"""

import time

from flytekit import task

from flytekitplugins.larkspur import Job, worker


@task(task_config=Job(completions=2))
def wait(minutes: int) -> int:
    """Do nothing, for a long time, and return for how many seconds."""
    seconds = 60 * minutes
    for second in range(seconds):
        print(f"worker {worker().index}: {second} of {seconds} s", flush=True)
        time.sleep(1)
    return seconds
