"""Can the same flights be asked of Spark? The demo's second half: a result, an abort, and the price of the connector.

It needs Java, which no registry for Python or Go brings along: `ready()` says so, and the first half stands.
"""

from __future__ import annotations

import contextlib
import copy
import json
import os
import re
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from rich.console import Console

from devkit import abort, bare_submit, delays, environment, spark
from devkit.cluster import MANIFESTS, NAMESPACE, LocalCluster
from devkit.connector import Connector
from devkit.process import Child, ChildError, Say
from devkit.report import Report
from devkit.spark_page import SparkPages
from devkit.spark_report import SparkReport
from devkit.toolchain import ToolchainError
from devkit.watch import INDEX, JOB, PodWatch

APPLICATION = "sparkoperator.k8s.io/app-name"  # the operator's label
PAGE_PATIENCE = 30.0  # seconds until Spark's page answers


def ready(console: Console) -> spark.Spark | None:
    """Return what Spark needs, after making what is missing; without Java, None, and a line that says so.

    Raises ToolchainError when something cannot be made.
    """
    try:
        spark.java()
    except ToolchainError as error:
        console.print(f"Without the second half, Spark: {error}", soft_wrap=True)
        return None
    return spark.prepare(lambda words: subprocess.run(words, check=True, env=environment.uv_env()))


def cluster_settings(found: spark.Spark | None, folder: Path) -> dict[str, Any]:
    """Return what a LocalCluster is to be told."""
    if found is None:
        return {}
    return {
        "manifests": (MANIFESTS.with_name("local-spark"),),
        "operators": (found.operator_file(folder, NAMESPACE),),
        "images": found.images(),
    }


@contextlib.contextmanager
def connector_flags(found: spark.Spark | None, cluster: LocalCluster) -> Iterator[dict[str, str]]:
    """Return what a Connector is to be told, as long as the links to Spark's pages lead somewhere."""
    if found is None:
        yield {}
        return
    with SparkPages(cluster) as pages:
        yield {"spark": "true", "spark_ui_url": pages.template}


class SparkWatch(PodWatch):
    """Watches an application's pods as if they were a Job's: the driver is 0, the executors are 1 and more."""

    def see(self, kind: str, pod: dict[str, Any], seconds: float) -> None:
        labels = pod["metadata"].get("labels", {})
        if "spark-role" not in labels:
            return
        known = copy.deepcopy(pod)
        known["metadata"]["labels"][JOB] = labels.get(APPLICATION, "")
        number = labels.get("spark-exec-id", "0")
        known["metadata"].setdefault("annotations", {})[INDEX] = number
        super().see(kind, known, seconds)


@dataclass
class SparkHalf:
    """Args: what Spark needs, where it runs, who shows lines from the background, and who keeps a picture of a page."""

    found: spark.Spark
    cluster: LocalCluster
    connector: Connector
    say: Say
    picture: Callable[[str], None] | None = None

    def run(self, console: Console, seen: Report) -> None:
        """Show all of it; `seen.spark` then tells what was seen."""
        seen.spark = told = SparkReport()
        console.rule("[bold]The same on Spark[/] (examples/flights/on_spark.py)", align="left")
        name = self.flights(console, seen, told)
        # Before anything else runs: its inputs are there, and the application keeps its spec for a while.
        console.rule("[bold]The same driver by hand[/] (spark-submit --deploy-mode cluster)", align="left")
        [spec] = [a["spec"] for a in self.cluster.get("sparkapplications") if a["metadata"]["name"] == name]
        told.bare_spark_submit_seconds = bare_submit.measure(self.cluster, self.found, spec)
        self.say(told.ratio())
        console.rule("[bold]An abort on Spark[/] (examples/flights/patience_on_spark.py)", align="left")
        child = self.child("pyflyte", *abort.SPARK.words, say=self.say)

        def look() -> None:
            told.page_ok = self.page(child)

        aborted = abort.demonstrate(self.cluster, child, abort.SPARK, self.say, look)
        told.abort_seconds, told.abort_left_over = aborted.seconds, aborted.left_over

    def child(self, program: str, *words: str, say: Say) -> Child:
        """Start a program of the environment with PySpark, with the connector as its endpoint."""
        home = environment.HOMES / "spark"
        ours = {"FLYTECONNECTOR_ENDPOINT": self.connector.address, "SPARK_LOCAL_IP": "127.0.0.1"}
        env = environment.settings(os.environ | ours, home)
        return Child(f"{program} {words[0]}", [str(home / "bin" / program), *words], env=env, say=say)

    def flights(self, console: Console, seen: Report, told: SparkReport) -> str:
        """Run the workflow, compare its result with what pandas computes; return the application's name."""
        import workflow

        with SparkWatch(self.cluster, seen.began) as watch:
            child = self.child("python", "-m", "devkit.spark_flights", say=self.say)
            try:
                result = self.follow(child, told, seen)
            finally:
                child.stop(20)
            name = told.phases[0]["resource"]
            told.pods = watch.of(name, count=1 + told.asked)
        told.spark_seconds_to_result, told.pyspark = result["seconds"], result["pyspark"]
        names = ("airline", "departures", "mean_minutes")
        rows = [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in result["delays"]]
        table = workflow.flights()
        told.result_ok = delays.right(rows, table)
        delays.show(console, rows, len(table), told.result_ok)
        return name

    def follow(self, child: Child, told: SparkReport, seen: Report) -> dict[str, Any]:
        """Read what `devkit.spark_flights` prints, until its result."""
        for line in child.stdout:
            if not line.startswith("{"):  # flytekit's log may come on stdout
                self.say(line.rstrip())
                continue
            [(kind, value)] = json.loads(line).items()
            if kind == "result":
                return value
            told.phases.append(
                {
                    "task": value["task"],
                    "phase": value["phase"],
                    "seconds": round(value["at"] - seen.began, 2),
                    "resource": value["resource_name"],
                    "links": len(value["links"]),
                }
            )
        child.wait(20)
        raise ChildError("\n".join(["there is no result of Spark:", *child.tail]))

    def page(self, child: Child) -> bool:
        """Follow the link to Spark's page that the child has printed: whether it answers, and is Spark's."""
        links = [
            found[1] for line in list(child.tail) if (found := re.search(r" link Spark UI: (\S+)$", line))
        ]
        open_it = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
        deadline = time.monotonic() + PAGE_PATIENCE
        while links and time.monotonic() < deadline:
            with contextlib.suppress(OSError, ValueError):
                [shown] = json.load(open_it(f"{links[0]}/api/v1/applications", timeout=10))
                self.say(f"Spark's page, where that link leads, shows {shown['name']}")
                break
            time.sleep(0.5)
        else:
            return False
        if self.picture:
            self.picture(links[0])
        return True
