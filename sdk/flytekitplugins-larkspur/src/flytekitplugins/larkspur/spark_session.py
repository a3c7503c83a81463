"""Where does a task's SparkSession come from, and where does the task find it?"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from flytekit import FlyteContext, FlyteContextManager

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ATTRIBUTE = (
    "SPARK_SESSION"  # flytekit shows it as current_context().spark_session, as for its own Spark tasks
)


@contextlib.contextmanager
def session(task: str, conf: Mapping[str, str] | None = None) -> Iterator[SparkSession]:
    """Make a session, and put it into the task's context while the enclosed code runs.

    Args:
        task: The task's name, for Spark's own pages.
        conf: Spark's configuration. Without it, this is a driver, whose configuration the operator has given to
            spark-submit; with it, executors are threads of this process, unless it says otherwise.
    """
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName(task)
    if conf is not None:
        builder = builder.master("local[*]").config(map=dict(conf))
    spark = builder.getOrCreate()
    ctx = FlyteContextManager.current_context()
    if conf is None:
        _share_code(spark, ctx)
    state = ctx.execution_state or ctx.new_execution_state()
    params = (state.user_space_params or ctx.user_space_params).builder()
    params.attrs = {**params.attrs, ATTRIBUTE: spark}  # the dictionary itself belongs to the whole run
    inside = ctx.with_execution_state(state.with_params(user_space_params=params.build()))
    with FlyteContextManager.with_context(inside):
        yield spark


def _share_code(spark: SparkSession, ctx: FlyteContext) -> None:
    """Give the executors the code that fast registration brings; flytekit fetches it for the driver alone."""
    settings = ctx.serialization_settings
    if settings is None or not settings.should_fast_serialize():
        return
    folder = settings.fast_serialization_settings.destination_dir or "."
    archive = shutil.make_archive(f"{ctx.file_access.get_random_local_path()}-code", "zip", folder)
    spark.sparkContext.addPyFile(archive)
