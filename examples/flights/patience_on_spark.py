"""And on Spark? Press Ctrl-C while this runs through a connector: driver and executors go away.

``pyflyte run examples/flights/patience_on_spark.py linger --minutes 10``
"""

import time
from collections.abc import Iterator

from flytekit import Resources, current_context, task

from flytekitplugins.larkspur import Spark


@task(
    task_config=Spark(executors=2),
    container_image="larkspur/spark:local",
    requests=Resources(cpu="1", mem="1Gi"),
)
def linger(minutes: int) -> int:
    """Keep both executors waiting, for a long time, and return for how many seconds each."""
    seconds = 60 * minutes

    def wait(parts: Iterator[int]) -> Iterator[int]:
        for _ in parts:
            time.sleep(seconds)
            yield seconds

    context = current_context().spark_session.sparkContext
    return context.parallelize(range(2), 2).mapPartitions(wait).max()
