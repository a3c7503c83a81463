"""How does a configured function become a Spark task, and what does it find when it runs?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flytekit import PythonFunctionTask
from flytekit.configuration import SerializationSettings
from flytekit.extend import TaskPlugins
from google.protobuf import json_format

from flyteconnector.flyte1.mixin import RemoteTaskMixin
from flytekitplugins.larkspur import spark_frames
from flytekitplugins.larkspur.spark_deck import SparkDeck
from flytekitplugins.larkspur.spark_session import session
from larkspur_spec.names import SPARK_TASK_TYPE, SPARK_VARIABLE
from larkspur_spec.spark import Spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class SparkTask(RemoteTaskMixin, PythonFunctionTask[Spark]):
    """A Python function that runs as the driver of a Spark application; made by
    ``@task(task_config=Spark(...))``."""

    launch_variable = SPARK_VARIABLE

    def __init__(self, task_config: Spark, task_function: Callable[..., Any], **kwargs: Any) -> None:
        spark_frames.register()  # before flytekit looks at the function's types
        super().__init__(
            task_config=task_config, task_function=task_function, task_type=SPARK_TASK_TYPE, **kwargs
        )

    def get_custom(self, settings: SerializationSettings) -> dict[str, Any]:
        """Return what the connector reads as ``larkspur.v1.Spark``.

        spark-submit runs a file, and only flytekit knows where its own one is: beside the interpreter in the image.
        """
        config = self.task_config
        if config.main_application_file is None:
            config = replace(config, main_application_file=f"local://{settings.entrypoint_settings.path}")
        return json_format.MessageToDict(config.to_proto())

    # TODO(worker): Say what each container of yours runs, and which one writes the task's outputs.
    def execute_in_container(self, **kwargs: Any) -> Any:
        """Run the function in the driver. Its session stays until the process ends: Spark computes a table when it is
        written, which is after the function has returned it."""
        with session(self.name) as spark:
            self._show(spark)
            return super().execute_in_container(**kwargs)

    def execute_in_process(self, **kwargs: Any) -> Any:
        """Run the function here, with executors in a JVM beside this process."""
        with session(self.name, self.task_config.spark_conf) as spark:
            self._show(spark)
            return super().execute_in_process(**kwargs)

    def _show(self, spark: SparkSession) -> None:
        if self.enable_deck:
            SparkDeck(spark)


TaskPlugins.register_pythontask_plugin(Spark, SparkTask)
