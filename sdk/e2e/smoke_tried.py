"""How do tests run the smoke test as a reader does, against an engine that plays Flyte, and see what it left?"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from waiting import until

from devkit import process, records
from devkit.cluster import NAMESPACE, LocalCluster, binaries
from devkit.process import Child
from devkit.toolchain import ROOT

IMAGE = "larkspur/task:local"
PROJECT, DOMAIN = NAMESPACE.rsplit("-", 1)
INPUTS = "go, sdk, scripts/devkit, examples/smoke"
LONG_WAIT = re.compile(r"^  \d+ s for .*\n", re.MULTILINE)  # a line that only a busy machine prints


class Tried:
    """A smoke test against one engine.

    Args:
        engine: Plays Flyte.
        label: Which this Flyte gives to what belongs to an execution.
        cluster: Where its tasks run.
        folder: Gets the report and what was printed.
        flags: What the command needs for this Flyte, beside the rest.
    """

    def __init__(
        self, engine: Any, label: str, cluster: LocalCluster, folder: Path, flags: tuple[str, ...] = ()
    ) -> None:
        self.engine, self._label, self._cluster, self.folder = engine, label, cluster, folder
        self._flags = flags
        self.printed = folder / "printed.txt"

    def words(self, report: str = "report.json") -> list[str]:
        where = [
            *self._flags,
            "--flyte",
            self.engine.address,
            "--insecure",
            "--project",
            PROJECT,
            "--domain",
            DOMAIN,
        ]
        kubernetes = ["--kubeconfig", str(self._cluster.kubeconfig)]
        return [*where, "--image", IMAGE, *kubernetes, "--report", str(self.folder / report)]

    def start(self, *more: str, report: str = "report.json") -> Child:
        command = [sys.executable, "-m", "devkit.smoke", *self.words(report), *more]
        return Child("the smoke test", command, env=os.environ | self.env(), log=self.printed)

    def env(self) -> dict[str, str]:
        """Return what it must have: kubectl, and no settings of flytekit's in a home folder."""
        (home := self.folder / "home").mkdir(exist_ok=True)
        return {"PATH": os.pathsep.join([str(binaries()), os.environ["PATH"]]), "HOME": str(home)}

    def run(self, *more: str, report: str = "report.json") -> int:
        child = self.start(*more, report=report)
        try:
            return child.wait(400)
        finally:
            child.stop(60)

    def text(self) -> str:
        return self.printed.read_text()

    def checks(self) -> dict[str, dict]:
        return {
            check["name"]: check for check in json.loads((self.folder / "report.json").read_text())["checks"]
        }

    def left(self) -> list[str]:
        """Return what is in Kubernetes of this engine's executions."""
        assert self.engine.runs
        found = self._cluster.get("jobs,pods", "-l", f"{self._label} in ({','.join(self.engine.runs)})")
        return [item["metadata"]["name"] for item in found]

    def phases(self) -> set[str]:
        return {run.phase for run in self.engine.runs.values()}


def as_the_site_shows(name: str, command: str, printed: str, folder: Path) -> None:
    here = str(folder.relative_to(ROOT))
    texts = (LONG_WAIT.sub("", printed), command)
    shown, command = (records.clean(text).strip().replace(here, "build") for text in texts)
    difference = records.compare(name, command, shown, INPUTS)
    assert not difference, f"`make e2e` with {records.UPDATE}=1 writes the record anew:\n{difference}"


INTERRUPTS = pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"]
)


def nothing_is_left_of_an_interrupted_one(it: Tried, number: int, code: int) -> None:
    """Interrupt a smoke test while its Job is there; it ends with `code`, and has removed all that it made."""
    child = it.start("--only", "result")
    try:
        until(lambda: "Job add-up-" in it.text() or not child.alive(), "the Job is there", 120)
        assert it.left() != [], it.text()
        child.interrupt() if number == signal.SIGINT else child.process.send_signal(number)
        assert child.wait(90) == code, it.text()
    finally:
        child.stop(60)
    assert it.phases() == {"ABORTED"}
    assert it.left() == []
    checks = it.checks()
    assert checks["result"]["ok"] is None
    assert checks["result"]["seen"] == "interrupted"
    assert checks["nothing left"]["ok"] is True
    assert process.naming(it.engine.address) == []
