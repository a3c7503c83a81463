"""What did Spark do? Its plans and its stages, as a deck of the task.

Read from the REST interface of the application's own pages, which is public and documented. Where they are off,
the deck says so.
"""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flytekit import Deck

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_PATIENCE_SECONDS = 10.0
_COLUMNS = {  # heading -> what a stage has for it
    "stage": lambda stage: stage["stageId"],
    "what": lambda stage: stage["name"],
    "state": lambda stage: stage["status"],
    "tasks": lambda stage: f"{stage['numCompleteTasks']} of {stage['numTasks']}",
    "seconds in executors": lambda stage: f"{stage['executorRunTime'] / 1000:.1f}",
    "rows read": lambda stage: f"{stage['inputRecords']:,}",
    "rows shuffled": lambda stage: f"{stage['shuffleWriteRecords']:,}",
}


class SparkDeck(Deck):
    """The deck "Spark" of the running task. It is read when flytekit writes the decks: after the task's tables have
    been written, which is when Spark computes them."""

    def __init__(self, spark: SparkSession) -> None:
        super().__init__("Spark")
        self._spark = spark

    @property
    def html(self) -> str:
        try:
            plans = _read(self._spark, "sql?details=false&planDescription=true&length=1000")
            return page(_read(self._spark, "stages"), plans)
        except (OSError, ValueError) as error:
            return f"<p>No plans and stages: {escape(str(error))}</p>"


def page(stages: Iterable[Mapping[str, Any]], plans: Iterable[Mapping[str, Any]]) -> str:
    """Return a table of the stages, the first one first, and the plan of each query."""
    head = "".join(f"<th>{name}</th>" for name in _COLUMNS)
    ordered = sorted(stages, key=lambda stage: (stage["stageId"], stage["attemptId"]))
    rows = [
        "".join(f"<td>{escape(str(value(stage)))}</td>" for value in _COLUMNS.values()) for stage in ordered
    ]
    table = f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
    queries = [
        f"<h3>{escape(plan['description'])}</h3><pre>{escape(plan['planDescription'])}</pre>"
        for plan in plans
    ]
    return f"<h2>Stages</h2>{table}<h2>Plans</h2>{''.join(queries)}"


def _read(spark: SparkSession, what: str) -> list[dict[str, Any]]:
    context = spark.sparkContext
    if context.uiWebUrl is None:
        raise ValueError("spark.ui.enabled is false")
    # By its address: the name in the URL is that of a Service, which may not lead back here.
    host, port = os.environ.get("SPARK_LOCAL_IP") or "127.0.0.1", urlsplit(context.uiWebUrl).port
    url = f"http://{host}:{port}/api/v1/applications/{context.applicationId}/{what}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=_PATIENCE_SECONDS) as answer:
        return json.load(answer)
