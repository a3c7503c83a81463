"""What can this repository do? A workflow over real data runs as a Kubernetes Job on this machine; then one is aborted.

`make demo`. With Java the same follows on Spark. Ends with 0 only if the results are right, so many workers made them,
and nothing is left behind. `-- --pictures` keeps pictures of a run for the site.
"""

from __future__ import annotations

import argparse
import functools
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from devkit import abort, delays, demo_pictures, process, report, runs, spark_half, try_it
from devkit.cluster import LocalCluster
from devkit.connector import Connector
from devkit.process import ChildError
from devkit.report import Report
from devkit.spark import Spark
from devkit.spark_half import SparkHalf
from devkit.toolchain import ROOT, ToolchainError
from devkit.watch import PodWatch

EXAMPLE = ROOT / "examples" / "flights"
HONEST = (
    "Real here: etcd, the Kubernetes API server and controller manager, the connector, flytekit. Ours: the node, "
    "which runs a pod's containers as plain processes. What plays Flyte is flytekit's local loop: it asks the "
    "connector twice a second, and tries once. So this does not show Flyte's polls (every 30 s), its retries, or "
    "when Flyte calls DeleteTask."
)


class News:
    """Lines from the background, held back while something else is on the screen."""

    def __init__(self) -> None:
        self._held: list[str] | None = []

    def say(self, line: str) -> None:
        if self._held is None:
            print(f"  {line}", flush=True)
        else:
            self._held.append(line)

    def release(self) -> None:
        held, self._held = self._held or [], None
        for line in held:
            self.say(line)


def run_workflow(console: Console, connector: Connector, seen: Report) -> None:
    """Run the workflow through the connector, and compare its result with what pandas computes."""
    os.environ["FLYTECONNECTOR_ENDPOINT"] = connector.address
    sys.path.insert(0, str(EXAMPLE))
    import workflow

    import flyteconnector

    def note(event: Any) -> None:
        seen.phases.append(
            {
                "task": event.task,
                "phase": event.phase,
                "seconds": seen.seconds(),
                "resource": event.resource_name,
                "links": len(event.links),
            }
        )

    stop = flyteconnector.listen(note)
    found = workflow.slowest_airlines()
    stop()
    seen.seconds_to_result = seen.seconds()
    table = workflow.flights()
    seen.result_ok = delays.right(found, table)
    delays.show(console, found, len(table), seen.result_ok)


def job_half(console: Console, cluster: LocalCluster, connector: Connector, news: News, seen: Report) -> None:
    """Show a workflow with a Job, and an abort."""
    with PodWatch(cluster, seen.began) as watch:
        console.rule("[bold]A workflow[/] (examples/flights/workflow.py)", align="left")
        run_workflow(console, connector, seen)
        seen.pods = watch.of(seen.phases[0]["resource"], count=4)
    console.rule("[bold]An abort[/] (examples/flights/patience.py)", align="left")
    child = connector.pyflyte(*abort.JOB.words, say=news.say)
    aborted = abort.demonstrate(cluster, child, abort.JOB, news.say)
    seen.abort_seconds, seen.abort_left_over = aborted.seconds, aborted.left_over


def on_cluster(console: Console, folder: Path, seen: Report, ready: Spark | None, pictures: bool) -> None:
    """Everything that needs the cluster, which is built and started while the first rung is on the screen."""
    news = News()
    with LocalCluster(folder, say=news.say, **spark_half.cluster_settings(ready, folder)) as cluster:
        console.rule("[bold]The plugin alone[/] (make try), while the cluster starts", align="left")
        try_it.show(console)
        console.rule("[bold]A cluster of processes[/]", align="left")
        news.release()
        cluster.wait()
        seen.cluster_ready_seconds = cluster.ready["seconds"]
        with (
            spark_half.connector_flags(ready, cluster) as flags,
            Connector(cluster, folder, **flags) as connector,
        ):
            console.print(f"  the connector serves on {connector.address}\n{HONEST}")
            job_half(console, cluster, connector, news, seen)
            if ready:
                shoot = functools.partial(demo_pictures.shoot, to=report.HOME / "spark-ui.png")
                half = SparkHalf(ready, cluster, connector, news.say, shoot if pictures else None)
                half.run(console, seen)
            report.keep_logs(cluster.pods)
        console.rule("[bold]The end[/]", align="left")


def run(console: Console, pictures: bool) -> int:
    if pictures:
        demo_pictures.possible()
    ready = spark_half.ready(console)
    seen = Report()
    with runs.folder() as folder:
        on_cluster(console, folder, seen, ready, pictures)
    seen.left_over += [f"process {found.pid}: {found.command}" for found in process.naming(folder)]
    seen.left_over += [f"folder {folder}"] if folder.exists() else []
    seen.write()
    console.print(seen.table())
    files = ", ".join(
        name for name in ("demo.json", "timeline.svg", "logs/") if (report.HOME / name).exists()
    )
    console.print(f"{report.HOME.relative_to(ROOT)}: {files}. Keep a cluster to play with: make dev")
    if pictures and seen.spark and seen.ok():
        demo_pictures.keep(report.HOME, report.versions() | seen.spark.versions())
    return 0 if seen.ok() else 1


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="nox -s demo --", description="A run of the whole chain.")
    parser.add_argument("--pictures", action="store_true", help="keep pictures of the run, for the site")
    wanted = parser.parse_args(words)
    process.unwind_on_sigterm()
    console = Console(highlight=False)
    console.width = min(try_it.WIDTH, console.width) if console.is_terminal else try_it.WIDTH
    try:
        return run(console, wanted.pictures)
    except (ChildError, ToolchainError, subprocess.SubprocessError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, SystemExit):  # the second is how flytekit answers Ctrl-C, and we SIGTERM
        print("demo: stopped; the cluster and all that it ran have ended", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
