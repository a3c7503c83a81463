"""What goes on costing money after an abort? `nox -s experiment` starts the same work in each way, and ends each.

Writes build/abort_experiment.json; `-- --record` also docs/records/, which the site shows. Processes, bills, pods, the
Job, signals and connectors are real; Flyte is played (experiment_rows.py).
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import secrets
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devkit import experiment_record, lifeline, process, runs
from devkit.cluster import LocalCluster
from devkit.connector import Connector
from devkit.experiment_meter import Meter, Wire
from devkit.experiment_rows import AFTER, BEFORE, PRICE, ROWS, Connected, Pod, Row, Started, give_secret
from devkit.plain_pod import PlainPod
from devkit.process import ChildError, Say
from devkit.toolchain import ROOT, ToolchainError
from flyteconnector.client import Client
from flyteconnector.flyte1 import request
from flyteconnector.flyte1.mixin import API

EXAMPLES = ROOT / "examples"
RESULT, SHOWN = (ROOT / folder / "abort_experiment.json" for folder in ("build", "docs/records"))
PATIENCE = 120.0  # seconds until all work


@dataclass
class Running:
    """A row whose work was started."""

    row: Row
    name: str
    work: Started
    ended: float = 0.0
    """When its end came (time.time())."""


@dataclass
class Experiment:
    """One run. Enter it, start the rows, end them, and ask for the result; its exit leaves nothing.

    Args:
        cluster: Where pods and the Job run.
        connector: The Go connector.
        folder: The run's.
    """

    cluster: LocalCluster
    connector: Connector
    folder: Path
    rows: list[Running] = field(default_factory=list)

    def __enter__(self) -> Experiment:
        from paid_connector.served import Served
        from paid_service.started import Started as Service

        self.mark, token = secrets.token_hex(2), f"token-{secrets.token_hex(12)}"
        self._names = {row.name: f"{self.mark}-{number}-worker" for number, row in enumerate(ROWS)}
        with contextlib.ExitStack() as stack:
            self.service = stack.enter_context(
                Service(self.folder / "service", token, PRICE, wrap=lifeline.argv)
            )
            self.paid = stack.enter_context(self.service.client())
            self.served = stack.enter_context(
                Served(self.folder, self.service.url, token, wrap=lifeline.argv)
            )
            self.wire = stack.enter_context(Wire(int(self.service.url.rpartition(":")[2])))
            self.meter = stack.enter_context(Meter(set(self._names.values())))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *raised: object) -> None:
        with process.uninterrupted():
            self._stack.close()

    def start(self) -> None:
        """Start each row, and return when all their workers work. Raises ChildError when they do not."""
        from abort_experiment import tasks

        for row in ROWS:
            name = self._names[row.name]
            begin = {"paid": self._paid, "job": self._job}.get(row.start, self._pod)
            self.rows.append(Running(row, name, begin(row, name)))
        deadline = time.monotonic() + PATIENCE
        while missing := [one.row.name for one in self.rows if self.meter.now(one.name) != tasks.WORKERS]:
            if time.monotonic() > deadline:
                logs = [one.work.log() for one in self.rows if one.row.name in missing]
                raise ChildError(
                    "\n".join([f"after {PATIENCE:g} s these do not work: {', '.join(missing)}", *logs])
                )
            time.sleep(0.1)

    def _pod(self, row: Row, name: str) -> Started:
        from abort_experiment import tasks

        key = f"pod-{name}"
        url = f"http://127.0.0.1:{self.wire.port}" if row.wired else self.service.url
        task = getattr(tasks, row.start)
        pod = PlainPod(self.cluster, task, {"key": key, "name": name}, self.folder)
        give_secret(pod.manifest, url, self.service.token, EXAMPLES)
        return Pod(self._stack.enter_context(pod), key)

    def _paid(self, row: Row, name: str) -> Started:
        from abort_experiment import tasks
        from paid_connector.connector import key_of

        prefix = str(self.folder / name)
        meta = self.served.create(tasks.paid(name), {"samples": tasks.SAMPLES}, prefix)
        return Connected(functools.partial(self.served.delete, meta), key_of(prefix), self.served.stop)

    def _job(self, row: Row, name: str) -> Started:
        from abort_experiment import tasks

        sent = request.build(tasks.job, {"name": name}, str(self.folder / name / "0"))
        client = Client(self.connector.address, tasks.job.name, sent.template, API)
        self._stack.callback(client.close)
        meta = client.create(sent)
        self._stack.callback(client.delete, meta)  # once more, in case that the run did not come so far
        return Connected(functools.partial(client.delete, meta), None, lambda: None)

    def end(self) -> None:
        """Let the end of each row come: first, at the same moment, all that need both connectors."""

        def end(one: Running) -> None:
            one.ended = time.time()
            one.work.end(one.row.end)

        self.wire.cut()
        with ThreadPoolExecutor(len(ROWS)) as pool:
            away = [one for one in self.rows if one.row.end == "delete-away"]
            list(pool.map(end, [one for one in self.rows if one not in away]))
            list(pool.map(end, away))

    def clean_up(self) -> None:
        """Cancel by hand what goes on, like somebody who has seen the bill. Raises ChildError if that does not help."""
        for one in self.rows:
            if one.work.key:
                self.paid.cancel(one.work.key)
        time.sleep(1)
        if left := [one.row.name for one in self.rows if self.meter.now(one.name)]:
            raise ChildError(f"workers are left: {', '.join(left)}")


def run(cluster: LocalCluster, connector: Connector, folder: Path, say: Say) -> dict[str, Any]:
    """Return what one run of the experiment has shown. Raises ChildError when it could not be made."""
    sys.path[:0] = [path for path in [str(EXAMPLES)] if path not in sys.path]
    with Experiment(cluster, connector, folder) as it:
        say(f"starting the same work in {len(ROWS)} ways")
        it.start()
        time.sleep(BEFORE + 0.5)
        say("ending each in its own way")
        it.end()
        time.sleep(AFTER + 0.5)
        rows = {one.row.name: experiment_record.row(it, one) for one in it.rows}
        it.clean_up()
    return {"about": experiment_record.about(), "mark": it.mark, "rows": rows}


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="nox -s experiment --", description="Abort the same work in each way."
    )
    parser.add_argument("--record", action="store_true", help=f"also write {SHOWN.relative_to(ROOT)}")
    arguments = parser.parse_args(words)
    process.unwind_on_sigterm()
    say = functools.partial(print, file=sys.stderr, flush=True)
    try:
        with runs.folder() as folder, LocalCluster(folder, say=say) as cluster:
            cluster.wait()
            with Connector(cluster, folder) as connector:
                result = run(cluster, connector, folder, say)
    except (ToolchainError, ChildError, RuntimeError, subprocess.SubprocessError) as error:
        print(error, file=sys.stderr)
        return 1
    for path in [RESULT, *([SHOWN] if arguments.record else [])]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(experiment_record.packed(result))
    print(experiment_record.text(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
