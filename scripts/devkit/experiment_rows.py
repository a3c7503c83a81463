"""What is compared in the abort experiment: how is the work started, and how does its end come?

Flyte is PLAYED here. What deletes the pod of an ordinary task is devkit.plain_pod; what sends DeleteTask to a connector
is a gRPC client.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import grpc

if TYPE_CHECKING:  # it imports flytekit, for seconds, and the site only asks what the rows are
    from devkit.plain_pod import PlainPod

PRICE = 0.01  # dollars for a worker's second: 36 an hour
BEFORE, AFTER = 4, 12  # seconds that are shown before and after the end comes
DELETES = 12  # so often Flyte 1.16.8 repeats a DeleteTask that fails, all within 0.13 s (measured), before it gives up


@dataclass(frozen=True)
class Row:
    """One way to start the work and to end it.

    Attributes:
        name: In the record.
        start: The task of examples/abort_experiment/tasks.py.
        end: delete; kill: its processes get SIGKILL; none; delete-away: while the connector is stopped.
        stops: Whether the work is expected to end.
    """

    name: str
    start: str
    end: str
    stops: bool
    wired: bool = False
    """Whether the pod's way to the service goes through the wire that is cut."""


ROWS = (
    Row("pod", "pod", "delete", stops=False),
    Row("python", "paid", "delete", stops=True),
    Row("job", "job", "delete", stops=True),
    Row("handler", "handler", "delete", stops=True),
    Row("handler-killed", "handler", "kill", stops=False),
    Row("handler-cut", "handler", "delete", stops=False, wired=True),
    Row("lease-killed", "lease", "kill", stops=True),
    Row("lease-cut", "lease", "none", stops=True, wired=True),
    Row("python-away", "paid", "delete-away", stops=False),
)


class Started(Protocol):
    """Work that was started in one of the ways."""

    key: str | None
    """Of the paid service's job."""

    def end(self, how: str) -> None:
        """Let its end come."""

    def log(self) -> str:
        """Return what it has printed."""


class Pod:
    """A pod, and its end: deleted in order, or its processes killed at once, as when memory or the node is gone."""

    def __init__(self, pod: PlainPod, key: str) -> None:
        self.pod, self.key = pod, key

    def end(self, how: str) -> None:
        if how == "delete":
            self.pod.abort()
        elif how == "kill":
            for found in self.pod.processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(found.pid, signal.SIGKILL)

    def log(self) -> str:
        return self.pod.log(self.pod.name)


class Connected:
    """A task of a connector, and its end: a DeleteTask."""

    def __init__(self, delete: Callable[[], Any], key: str | None, away: Callable[[], None]) -> None:
        self._delete, self.key, self._away = delete, key, away

    def end(self, how: str) -> None:
        if how == "delete":
            self._delete()
            return
        self._away()
        for _ in range(DELETES):
            try:
                self._delete()
            except grpc.RpcError as error:
                if error.code() != grpc.StatusCode.UNAVAILABLE:
                    raise

    def log(self) -> str:
        return ""


def give_secret(manifest: dict[str, Any], url: str, token: str, examples: Path) -> None:
    """Give a pod the secret, which Flyte's webhook would do, and what its image would have: the program and the URL."""
    given = {"PAID_SERVICE_URL": url, "_FSEC_PAID_SERVICE_TOKEN": token, "PYTHONPATH": str(examples)}
    for container in manifest["spec"]["containers"]:
        container["env"] += [{"name": name, "value": value} for name, value in given.items()]
