"""Who has tasks while the dashboard's numbers are taken? Flyte's engines and the Job controller, both played.

A task's name says how it ends. The connectors, the API server and the Jobs are real.
"""

from __future__ import annotations

import contextlib
import itertools
import sched
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from kubernetes.dynamic.exceptions import ApiException

from connector_sanity.cluster import Cluster
from connector_sanity.engine import Flyte, Task, phase
from connector_sanity.operator import Operator

POLL, RETRY, LOOK = 2.0, 5.0, 10.0
"""Seconds until the engine asks about a task again, repeats a create that failed, and asks for the task types again."""
STARTS, RUNS, ABORTED = 1.0, 10.0, 6.0
"""Seconds until a Job runs, until it ends, and until the engine aborts a task that is aborted."""
PAUSE = 0.5
"""Seconds between two looks of the Job controller."""
ENDS = ("SUCCEEDED", "FAILED", "RETRYABLE_FAILED")


class Agenda:
    """What is done when; several things at once, since a call may hang."""

    def __init__(self) -> None:
        self._plan, self._pool = sched.scheduler(time.monotonic), ThreadPoolExecutor(48)
        self.wrong: list[BaseException] = []

    def after(self, seconds: float, call: Callable[..., object], *about: Any) -> None:
        """Call something later."""
        self._plan.enter(seconds, 0, lambda: self._pool.submit(self._do, call, *about))

    def _do(self, call: Callable[..., object], *about: Any) -> None:
        try:
            call(*about)
        except Exception as error:  # nobody waits for it here: `run` raises it
            self.wrong.append(error)

    def run(self, seconds: float) -> None:
        """Do what is planned, for so long; raises the first error of what was done."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.wrong:
            self._plan.run(blocking=False)
            time.sleep(0.02)
        self._pool.shutdown(cancel_futures=True)
        if self.wrong:
            raise self.wrong[0]


class Engine:
    """One of Flyte's engines, at one replica of the connector."""

    def __init__(self, flyte: Flyte, agenda: Agenda) -> None:
        self.flyte, self.agenda, self._numbers = flyte, agenda, itertools.count()

    def look(self) -> None:
        """Ask for the task types, now and for ever."""
        self.agenda.after(LOOK, self.look)
        with contextlib.suppress(grpc.RpcError):
            self.flyte.dialect.list(self.flyte.channel, 5)

    def begin(self, how: str, **about: Any) -> None:
        """Start a task that ends so: succeeds, fails (and is tried once more), aborted, lost, refused, twice."""
        case = f"d{self.flyte.dialect.number}-{next(self._numbers)}-{how}"
        self.create(self.flyte.request(case=case, execution=case, **about), how)

    def create(self, request: Any, how: str) -> None:
        """Create a task, and again until it works."""
        try:
            task = self.flyte.create(request)
            if how == "twice":
                self.flyte.create(request)
        except grpc.RpcError:
            self.agenda.after(RETRY, self.create, request, how)
            return
        self.agenda.after(POLL, self.poll, task, how, time.monotonic())

    def poll(self, task: Task, how: str, born: float) -> None:
        """Ask about a task until it ends, or until it is time to abort it."""
        said = ""
        with contextlib.suppress(grpc.RpcError):
            if how == "aborted" and time.monotonic() - born >= ABORTED:
                self.flyte.delete(task)
                return
            said = phase(self.flyte.get(task))
        if said not in ENDS:
            self.agenda.after(POLL, self.poll, task, how, born)
        elif said == "RETRYABLE_FAILED" and task.prefix.endswith("/0"):
            again = type(task.request).FromString(task.request.SerializeToString())
            again.output_prefix = task.prefix.removesuffix("0") + "1"
            again.task_execution_metadata.task_execution_id.retry_attempt = 1
            self.create(again, how)


class Controller(threading.Thread):
    """The Job controller: it has each Job run and end, as its task's name says. Enter it; it ends with the block."""

    def __init__(self, cluster: Cluster, operator: Operator) -> None:
        super().__init__(daemon=True)
        self.cluster, self.operator = cluster, operator
        self._seen: dict[str, float] = {}
        self._running, self._failed = set[str](), set[str]()
        self._over = threading.Event()
        self.wrong: Exception | None = None

    def __enter__(self) -> Controller:
        self.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._over.set()
        self.join()
        if self.wrong is not None and raised[0] is None:
            raise self.wrong

    def run(self) -> None:
        """Look at all Jobs, again and again."""
        try:
            while not self._over.wait(PAUSE):
                self._look()
        except Exception as error:  # of a thread, nobody would see it: the end of the block raises it
            self.wrong = error

    def _look(self) -> None:
        for it in self.cluster.all():
            about, ended = it["metadata"], it.get("status", {}).get("conditions")
            if not about.get("deletionTimestamp") and not ended:
                with contextlib.suppress(ApiException):  # deleted meanwhile
                    self._turn(it, about["uid"], about["labels"]["execution-id"])

    def _turn(self, it: dict[str, Any], uid: str, name: str) -> None:
        age = time.monotonic() - self._seen.setdefault(uid, time.monotonic())
        if age >= STARTS and uid not in self._running:
            self._running.add(uid)
            self.operator.play(it, "running")
        elif age >= RUNS / 2 and name.endswith("lost") and name not in self._failed:
            self._failed.add(name)
            self.cluster.delete(it)
        elif age >= RUNS:
            fails = name.endswith("fails") and name not in self._failed
            self._failed |= {name} if fails else set()
            self.operator.play(it, "failed" if fails else "succeeded")
