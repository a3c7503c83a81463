"""How do Spark's tables pass from task to task? As Parquet, which flytekit's other tables can read as well."""

from __future__ import annotations

import functools
import sys
from html import escape
from typing import TYPE_CHECKING

from flytekit import FlyteContext
from flytekit.models import literals
from flytekit.models.literals import StructuredDatasetMetadata
from flytekit.models.types import StructuredDatasetType
from flytekit.types.structured.structured_dataset import (
    PARQUET,
    StructuredDataset,
    StructuredDatasetDecoder,
    StructuredDatasetEncoder,
    StructuredDatasetTransformerEngine,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


class Writer(StructuredDatasetEncoder):
    """Writes a ``pyspark.sql.DataFrame``; its executors do, each its part."""

    def encode(
        self,
        ctx: FlyteContext,
        structured_dataset: StructuredDataset,
        structured_dataset_type: StructuredDatasetType,
    ) -> literals.StructuredDataset:
        access = ctx.file_access
        uri = structured_dataset.uri or access.join(access.raw_output_prefix, access.get_random_string())
        structured_dataset.dataframe.write.mode("overwrite").parquet(uri)
        return literals.StructuredDataset(
            uri=uri, metadata=StructuredDatasetMetadata(structured_dataset_type)
        )


class Reader(StructuredDatasetDecoder):
    """Reads a ``pyspark.sql.DataFrame``, and only the columns that the task's signature names, if it names any."""

    def decode(
        self,
        ctx: FlyteContext,
        flyte_value: literals.StructuredDataset,
        current_task_metadata: StructuredDatasetMetadata,
    ) -> DataFrame:
        from pyspark.sql import SparkSession

        table = SparkSession.builder.getOrCreate().read.parquet(flyte_value.uri)
        columns = current_task_metadata.structured_dataset_type.columns if current_task_metadata else []
        return table.select(*(column.name for column in columns)) if columns else table


class Schema:
    """Shows a table's columns in a deck; its rows would need another run of its plan."""

    def to_html(self, frame: DataFrame) -> str:
        return f"<pre>{escape(frame.schema.treeString())}</pre>"


@functools.cache
def _register() -> None:
    import pyspark.sql
    from pyspark.sql.classic import dataframe  # what a session makes; the other is its base class

    for kind in (pyspark.sql.DataFrame, dataframe.DataFrame):
        for handler in (Writer(kind, supported_format=PARQUET), Reader(kind, supported_format=PARQUET)):
            StructuredDatasetTransformerEngine.register(handler, default_format_for_type=True, override=True)
        StructuredDatasetTransformerEngine.register_renderer(kind, Schema())


def register() -> None:
    """Teach flytekit these tables, if the user's module has imported them: a container without Spark must not."""
    if "pyspark.sql" in sys.modules:
        _register()
