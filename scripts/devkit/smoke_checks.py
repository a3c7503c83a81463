"""What does a Flyte have to do so that the plugin can be used there? The checks of `nox -s smoke`, one method each."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import smoke_agreed

from devkit.smoke_cluster import Kubernetes, Sight
from devkit.smoke_execution import Execution
from devkit.smoke_interface import Flyte, last_words, terminate
from devkit.smoke_meanings import explained
from devkit.smoke_promises import PLAIN_POD
from devkit.smoke_report import Report, SmokeError

N = 100
LONG = 3600  # seconds that nobody waits for


@dataclass
class Smoke:
    """One smoke test: the checks in their order, and `tidy` last, however it goes. None of them raises SmokeError.

    Args:
        flyte, kubernetes, report: Where it looks, and what it tells.
        image: Of the tasks.
        timeout: Seconds that an execution may take.
        gone: Seconds after which nothing may be left of one that was aborted.
    """

    flyte: Flyte
    kubernetes: Kubernetes
    report: Report
    image: str
    timeout: float
    gone: float

    def __post_init__(self) -> None:
        self._mark, self._tasks = secrets.token_hex(3), dict[str, Any]()
        self._started = list[Execution]()

    def run(self, only: list[str]) -> None:
        """Make the checks; of the three tasks those in `only`, all when it is empty."""
        with self.report.check("kubernetes") as check:
            check.seen = self.kubernetes.try_it()
        if self.report["kubernetes"].ok:
            self.register()
        for name, task in (("result", self.result), ("error", self.error), ("abort", self.abort)):
            plain = any(check.name == PLAIN_POD and check.ok is False for check in self.report.checks)
            if self._tasks and not plain and (not only or name in only):  # the others would fare no better
                task()

    def register(self) -> None:
        with self.report.check("register") as check:
            self._tasks = self.flyte.register(Path(smoke_agreed.__file__).parent, self.image)
            check.seen = f"{', '.join(sorted(self._tasks))}, for image {self.image}"

    def start(self, task: str, **inputs: Any) -> Execution:
        """Start a task. `tidy` knows of its execution before Flyte does."""
        name = f"smoke-{self._mark}-{len(self._started)}"  # Flyte takes 20 characters
        self._started.append(Execution(name, self.flyte, self.kubernetes, self.report))
        self._started[-1].start(task, self._tasks[task], inputs)
        return self._started[-1]

    def result(self) -> None:
        """The checks of a task that goes well."""
        before, want = len(self._started), {"o0": sum(range(N))}
        with self.report.check("result") as check:
            it = self.start("add_up", n=N)
            it.wait(lambda: it.phase == "SUCCEEDED", "SUCCEEDED", self.timeout)
            if (outputs := self.flyte.outputs(it.name)) != want:
                raise SmokeError(
                    f"outputs {outputs}, and not {want}",
                    "Flyte has not read what worker 0 has written",
                    "the execution's outputs in the console, and outputs.pb below its output prefix",
                )
            check.seen = f"o0 = {outputs['o0']}"
        for it in self._started[before:]:
            if it.sight.now or it.sight.pods:  # else there is nothing to judge
                self._whose(it.sight)
        if self.report["result"].ok:
            self._links(it.name)

    def _whose(self, sight: Sight) -> None:
        """Whose the pods were that have been seen."""
        plain, own = sight.plain(), sight.own()
        with self.report.check("resource") as check:
            names = ", ".join(sight.resources.values()) or f"no {self.kubernetes.kind}"
            check.seen = f"{names}, with {len(own)} of {len(sight.pods)} pods"
            if not sight.resources or len(own) < max(smoke_agreed.WORKERS, len(sight.pods)):
                raise SmokeError(
                    check.seen,
                    f"the task is not one resource with {smoke_agreed.WORKERS} pods",
                    f"--kind; the plugin's BuildResource; whether its pods have the label {self.flyte.label}",
                )
        with self.report.check(PLAIN_POD) as check:
            if plain:
                raise SmokeError(f"pod {', '.join(plain)}", *self.flyte.plain)
            check.seen = f"none among {len(sight.pods)} pods"

    def _links(self, name: str) -> None:
        with self.report.check("links") as check:
            links = self.flyte.links(name)
            check.seen = ", ".join(sorted(links)) or "no link"
            if len(links) < smoke_agreed.WORKERS:
                raise SmokeError(
                    check.seen,
                    "Flyte has no link to the log of each worker",
                    "the connector's --log-url, and the plugin's links",
                )

    def error(self) -> None:
        with self.report.check("error") as check:
            it = self.start("decline", n=N)
            words = it.wait(lambda: it.phase in ("FAILED", "SUCCEEDED"), "FAILED", self.timeout)
            if it.phase == "SUCCEEDED":
                raise SmokeError(
                    f"{it.name} SUCCEEDED, and its function has raised",
                    "Flyte takes a failed task for one that went well: its users will, too",
                    "FLYTE_FAIL_ON_ERROR in the pod, which the connector sets; in Flyte 2, whether the pod's command "
                    "is flyteconnector-a0: docs/abort.md",
                )
            if smoke_agreed.WORDS not in words:
                advice = explained(words, self.flyte.plain)[1]
                raise SmokeError(
                    f"FAILED: {last_words(words) or 'without an error'}",
                    "the error that Flyte shows is not that of the user's code",
                    f"{advice}; --read-outputs brings the whole traceback: docs/configuration.md",
                )
            check.seen = f"FAILED, with “{smoke_agreed.WORDS}”"

    def abort(self) -> None:
        with self.report.check("abort") as check:
            it = self.start("linger", seconds=LONG)
            want = smoke_agreed.WORKERS
            runs = f"RUNNING with {want} running pods"
            it.wait(lambda: it.phase == "RUNNING" and it.sight.running() >= want, runs, self.timeout)
            self.report.say(f"abort, while {it.sight.running()} pods run")
            terminate(self.flyte, it.name)
            took = it.await_gone(self.gone)
            if it.sight.now:
                raise SmokeError(
                    f"after {took:.1f} s there is still {it.sight.text()}",
                    "the abort did not reach the resource, or something holds it back",
                    "the connector's log: was there a DeleteTask, and what became of it? Its right to delete; the "
                    "resource's finalizers: docs/cleanup.md",
                )
            it.wait(lambda: it.phase == "ABORTED", "ABORTED", self.timeout)
            check.seen = f"resource and pods were gone after {took:.1f} s"

    def tidy(self, patience: float) -> None:
        """End what this test has started, and remove what is left of it; what ends by itself may take `patience`."""
        if not self._started:
            return
        names, ended, problems = [it.name for it in self._started], list[Execution](), list[SmokeError]()
        with self.report.check("nothing left") as check:
            for it in self._started:
                try:
                    ended += [it] if terminate(self.flyte, it.name) else []
                except SmokeError as error:  # then Kubernetes can be tidied all the same
                    problems.append(error)
            if ended:
                words = ", ".join(it.name for it in ended)
                self.report.say(f"aborted {words}; what is left of it has {patience:g} s")
            deadline = time.monotonic() + patience
            for it in ended:
                it.await_gone(deadline - time.monotonic())
            removed, left = self.kubernetes.remove(*names)
            for problem in problems:
                raise problem
            if left:
                raise SmokeError(
                    f"{', '.join(left)}",
                    "it was deleted and is still there: its pods have not ended, or a finalizer holds it",
                    f"kubectl get {self.kubernetes.kind},pods in a minute: docs/cleanup.md",
                )
            check.seen = f"ended {len(ended)} executions; removed {len(removed)} objects"
