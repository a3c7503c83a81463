"""What can this repository do? A workflow over real data runs as a Kubernetes Job on this machine; then one is aborted.

`make demo`. Ends with 0 only if the result is right, four workers made it, and nothing is left behind.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from devkit import abort, process, report, runs, try_it
from devkit.cluster import LocalCluster
from devkit.connector import Connector
from devkit.process import ChildError
from devkit.report import Report
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
    delays = workflow.slowest_airlines()
    stop()
    seen.seconds_to_result = seen.seconds()
    table = workflow.flights()
    seen.result_ok = len(table) == 336_776 and same(delays, table.groupby("carrier").dep_delay)
    console.print(f"\nMean delay of departures from New York in 2013, of {len(table):,} flights:")
    for delay in [*delays[:3], delays[-1]]:
        console.print(
            f"  {delay.airline}  {delay.mean_minutes:5.1f} minutes   {delay.departures:6,} departures"
        )
    console.print(
        f"  … {len(delays)} airlines; pandas computes {'the same' if seen.result_ok else 'SOMETHING ELSE'}"
    )


def same(delays: Sequence[Any], grouped: Any) -> bool:
    """Whether the workflow's result is that of pandas: the counts equal, the means but for the last binary digits."""
    expected = grouped.agg(["count", "mean"]).sort_values("mean", ascending=False)
    return [(d.airline, d.departures, round(d.mean_minutes, 9)) for d in delays] == [
        (airline, count, round(mean, 9)) for airline, count, mean in expected.itertuples()
    ]


def on_cluster(console: Console, folder: Path, seen: Report) -> None:
    """Everything that needs the cluster, which is built and started while the first rung is on the screen."""
    news = News()
    with LocalCluster(folder, say=news.say) as cluster:
        console.rule("[bold]The plugin alone[/] (make try), while the cluster starts", align="left")
        try_it.show(console)
        console.rule("[bold]A cluster of processes[/]", align="left")
        news.release()
        cluster.wait()
        seen.cluster_ready_seconds = cluster.ready["seconds"]
        with Connector(cluster, folder) as connector, PodWatch(cluster, seen.began) as watch:
            console.print(f"  the connector serves on {connector.address}\n{HONEST}")
            console.rule("[bold]A workflow[/] (examples/flights/workflow.py)", align="left")
            run_workflow(console, connector, seen)
            seen.pods = watch.of(seen.phases[0]["resource"], count=4)
            console.rule("[bold]An abort[/] (examples/flights/patience.py)", align="left")
            aborted = abort.demonstrate(cluster, connector, news.say)
            seen.abort_seconds, seen.abort_left_over = aborted.seconds, aborted.left_over
            report.keep_logs(cluster.pods)
        console.rule("[bold]The end[/]", align="left")


def run(console: Console) -> int:
    seen = Report()
    with runs.folder() as folder:
        on_cluster(console, folder, seen)
    seen.left_over += [f"process {found.pid}: {found.command}" for found in process.naming(folder)]
    seen.left_over += [f"folder {folder}"] if folder.exists() else []
    seen.write()
    console.print(seen.table())
    files = ", ".join(
        name for name in ("demo.json", "timeline.svg", "logs/") if (report.HOME / name).exists()
    )
    console.print(f"{report.HOME.relative_to(ROOT)}: {files}. Keep a cluster to play with: make dev")
    return 0 if seen.ok() else 1


def main() -> int:
    process.unwind_on_sigterm()
    console = Console(highlight=False)
    console.width = min(try_it.WIDTH, console.width) if console.is_terminal else try_it.WIDTH
    try:
        return run(console)
    except (ChildError, ToolchainError, subprocess.SubprocessError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, SystemExit):  # the second is how flytekit answers Ctrl-C, and we SIGTERM
        print("demo: stopped; the cluster and all that it ran have ended", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
