"""What may a user of Spark ask for?

The typed twin of ``larkspur.v1.Spark``. A field is here only if neither the task's resources nor Spark's
own configuration nor a pod template says the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from larkspur_spec.checks import pod_template, said, struct
from larkspur_spec.rules import obey
from larkspur_spec.v1 import spark_pb2


# TODO(spec-fields): Replace these fields by those of your message.
@dataclass(frozen=True, kw_only=True)
class Spark:
    """Runs a task as the driver of a Spark application of its own, on the Kubeflow Spark operator.

    The task's image, environment and resources hold for the driver and for each executor. Memory is that of a whole
    pod: Spark's heap and what Python needs beside it.

    Raises:
        TypeError: A value has the wrong type.
        ValueError: A value is out of range, or cannot work.
    """

    spark_conf: Mapping[str, str] = field(default_factory=dict)
    """Spark's configuration: texts by keys that begin with ``spark.``. It beats the task's resources. The connector
    refuses keys that reach out of the application."""

    executors: int = 2
    """How many executors Spark starts with, 1 to 10,000; without dynamic allocation it keeps as many."""

    driver_pod: Mapping[str, Any] | None = None
    """A PodTemplateSpec, as in YAML (``{"spec": {"nodeSelector": …}}``), that is merged into the driver's pod. The
    task's own container is called "primary", or as the task's ``pod_template`` calls it."""

    executor_pod: Mapping[str, Any] | None = None
    """The same for each executor's pod."""

    main_application_file: str | None = None
    """The Python file that the driver runs, in the image, after ``local://``. With None, flytekit's entrypoint.py
    beside its interpreter, ``/opt/venv/bin/python3`` unless ``pyflyte package`` is told a ``--python-interpreter``."""

    submission_retries: int = 0
    """How often the operator calls spark-submit again after it has failed, 0 to 100. Flyte's own retries begin with a
    new application, and both together multiply."""

    ttl_seconds_after_finished: int = 600
    """Seconds that the finished application stays in the cluster, 120 to 30 days. Flyte asks only every 30 seconds, and
    an application that vanished before it was asked counts as lost."""

    def __post_init__(self) -> None:
        if not isinstance(self.spark_conf, Mapping):
            raise TypeError(f"{said(self, 'spark_conf')}: must be a dict of texts")
        for key, value in self.spark_conf.items():
            _check_line(key, value)
        pod_template(self, "driver_pod")
        pod_template(self, "executor_pod")
        obey(self, spark_pb2.Spark)

    def to_proto(self) -> spark_pb2.Spark:
        """Return the message that travels to the connector: the only way to the wire."""
        return spark_pb2.Spark(
            spark_conf=self.spark_conf,
            executors=self.executors,
            driver_pod=struct(self.driver_pod),
            executor_pod=struct(self.executor_pod),
            main_application_file=self.main_application_file,
            submission_retries=self.submission_retries,
            ttl_seconds_after_finished=self.ttl_seconds_after_finished,
        )


def _check_line(key: object, value: object) -> None:
    """Refuse what is no text; which keys there may be, the message's rules say."""
    if not isinstance(key, str):
        raise TypeError(f"Spark.spark_conf: the key {key!r} must be a str, not {type(key).__name__}")
    if not isinstance(value, str):
        text = str(value).lower() if isinstance(value, bool) else str(value)
        line = f"Spark.spark_conf[{key!r}] = {value!r}"
        raise TypeError(f"{line}: must be a str, such as {text!r}, not {type(value).__name__}")
