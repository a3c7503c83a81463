"""A module that only fast registration brings: do the executors have it, too?"""

from __future__ import annotations

import os

from flytekit import current_context, task

from flytekitplugins.larkspur import Spark

os.environ.pop(
    "PYTHONPATH", None
)  # Spark hands it on to executors on the same machine; other pods have no such folder


def double(n: int) -> int:
    return 2 * n


@task(task_config=Spark())
def doubled_in_executors(n: int) -> int:
    return current_context().spark_session.sparkContext.parallelize(range(n), 2).map(double).sum()
