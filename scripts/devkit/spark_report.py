"""What did the demo's second half show, the one on Spark?"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from devkit import spark
from devkit.bare_submit import DIFFERS
from devkit.watch import Pod


@dataclass
class SparkReport:
    """What is known so far."""

    asked: ClassVar[int] = 2  # executors, in examples/flights/on_spark.py

    result_ok: bool = False
    page_ok: bool = False
    spark_seconds_to_result: float = 0.0
    """From CreateTask until the value is there; flytekit asks twice a second."""
    bare_spark_submit_seconds: float = 0.0
    """From the call of spark-submit until the driver's pod has succeeded."""
    abort_seconds: float = 0.0
    abort_left_over: list[str] = field(default_factory=list)
    phases: list[dict[str, Any]] = field(default_factory=list)
    pods: list[Pod] = field(default_factory=list)
    """The driver, and then the executors."""
    pyspark: str = ""

    @property
    def executors(self) -> int:
        """How many were seen running."""
        return sum(pod.index > 0 and pod.when("Running") is not None for pod in self.pods)

    def versions(self) -> dict[str, str]:
        """Return those of what only this half has."""
        return {"pyspark": self.pyspark, "spark-operator": spark.operator_version()}

    def ratio(self) -> str:
        """Return both times in words."""
        ours, bare = self.spark_seconds_to_result, self.bare_spark_submit_seconds
        return f"by hand {bare:.1f} s, through the connector {ours:.1f} s: {ours / bare:.2f} times as long"

    def checks(self) -> list[tuple[str, str, bool]]:
        left = "".join(f"; left: {it}" for it in self.abort_left_over)
        return [
            (
                "the result of Spark is that of pandas, too",
                f"{self.spark_seconds_to_result:.1f} s after CreateTask",
                self.result_ok,
            ),
            ("two executors or more", f"{self.executors} executors", self.executors >= self.asked),
            ("Spark's page is linked", "it answered" if self.page_ok else "no answer", self.page_ok),
            (
                "Ctrl-C ends driver and executors",
                f"after {self.abort_seconds:.1f} s{left}",
                self.abort_seconds > 0 and not left,
            ),
        ]

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {
            "pods": [pod.as_json() for pod in self.pods],
            "bare_differs": DIFFERS,
        }
