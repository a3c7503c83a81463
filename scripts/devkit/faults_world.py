"""What does a row of the fault matrix get? A connector behind a proxy, the API server, Flyte's calls and their time.

The connector is ours, with Jobs; the deadline is the one it has in production. The kit plays the Job controller.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc

from connector_sanity.begin import begin
from connector_sanity.cluster import Cluster
from connector_sanity.dialect import DIALECTS
from connector_sanity.engine import Flyte, Task, code, phase
from connector_sanity.loading import load
from connector_sanity.operator import Operator
from connector_sanity.proxy import Proxy
from connector_sanity.settings import Settings
from connector_sanity.target import Target
from devkit.toolchain import ROOT

PROFILE = ROOT / "sdk/flytekitplugins-larkspur/sanity/job.yaml"
DEADLINE = 8.0
"""Seconds: the connector's default of --deadline."""
Json = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What the engine heard, and after how long."""

    answer: Any
    """None when the call failed."""
    code: str
    words: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.code} after {self.seconds:.1f} s"


class World:
    """Enter it, and let rows do what they want with it.

    Args:
        kubeconfig: An administrator's.
        folder: For the connector's files.
        pids: Program of the control plane -> its process.
    """

    def __init__(self, kubeconfig: Path, folder: Path, pids: dict[str, int]) -> None:
        profile = load(PROFILE, [f"constants.deadline={DEADLINE + 1}"])
        self.settings = Settings(profile, PROFILE.parent, secrets.token_hex(4), kubeconfig=kubeconfig)
        self.profile, self.folder, self.pids = profile, folder, pids
        self.cluster = Cluster(kubeconfig, profile, self.settings.run)
        self.operator = Operator(self.cluster, profile)

    def __enter__(self) -> World:
        self.target = Target(self.settings, self.folder, (f"--deadline={DEADLINE:.0f}s",)).__enter__()
        self.flyte = self.connect()
        return self

    def __exit__(self, *raised: Any) -> None:
        self.flyte.close()
        self.target.__exit__(None, None, None)
        self.cluster.tidy()

    @property
    def proxy(self) -> Proxy:
        """Return what stands before the API server."""
        assert self.target.proxy is not None
        return self.target.proxy

    def connect(self) -> Flyte:
        """Return an engine with a new connection: Flyte 1's."""
        about = self.settings
        self.flyte = Flyte(DIALECTS[1], self.target.address, self.profile, about.run, self.profile.namespace)
        return self.flyte

    def restart(self) -> None:
        """Start the connector again, after a kill."""
        assert self.target.launched is not None
        self.target.launched.start()
        self.flyte.close()
        self.connect()

    def kill(self) -> None:
        """End the connector with SIGKILL."""
        assert self.target.launched is not None
        self.target.launched.kill()

    def running(self) -> tuple[Task, Json]:
        """Return a task that runs, and its resource."""
        task, it = begin(self.flyte, self.cluster)
        it = self.operator.play(it, "running")
        self.flyte.wait(task, ["RUNNING"])
        return task, it

    def create(self, **about: Any) -> Told:
        """Send CreateTask."""
        return timed(lambda: self.flyte.create(**about))

    def delete(self, task: Task) -> Told:
        """Send DeleteTask."""
        return timed(lambda: self.flyte.delete(task))

    def get(self, task: Task) -> Told:
        """Send GetTask."""
        return timed(lambda: self.flyte.get(task))

    def polls(self, task: Task, number: int = 7) -> str:
        """Ask so often, which has to work, and return what was said; more often than Flyte forgives errors."""
        said = {phase(self.flyte.get(task)) for _ in range(number)}
        return f"{number} polls: {', '.join(sorted(said))}"


def timed(call: Callable[[], Any]) -> Told:
    """Make a call."""
    began = time.monotonic()
    try:
        answer = call()
    except grpc.RpcError as error:
        return Told(None, code(error), str(error.details()), time.monotonic() - began)  # type: ignore[attr-defined]
    return Told(answer, "OK", "", time.monotonic() - began)
