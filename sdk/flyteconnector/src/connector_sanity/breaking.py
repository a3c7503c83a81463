"""Which calls of a connector make its resource, and how does a check break just those?"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import grpc

from connector_sanity.cluster import Cluster
from connector_sanity.faults import Fault, Mode
from connector_sanity.part import Json

MAKING = ("create", "patch", "update")
"""The verbs with which a resource can come to be: a POST, or a server-side apply."""


def making(cluster: Cluster, mode: Mode, times: int = 1, **about: Any) -> tuple[Fault, ...]:
    """Return faults that break what makes a resource of the profile's kind; `about` as for `Fault`."""
    return tuple(Fault(mode, verb=verb, resource=cluster.plural, times=times, **about) for verb in MAKING)


def hits(faults: tuple[Fault, ...]) -> int:
    """Return how many calls they have broken."""
    return sum(fault.hit for fault in faults)


def live(found: list[Json]) -> list[Json]:
    """Return those that are not being deleted."""
    return [each for each in found if not each["metadata"].get("deletionTimestamp")]


def names(found: list[Json]) -> str:
    """Return their names, for a message."""
    return ", ".join(sorted(str(each["metadata"]["name"]) for each in found)) or "none"


class Aside(threading.Thread):
    """A call that runs beside the check; `answer` or `error` is there when it has ended."""

    def __init__(self, call: Callable[..., Any], *arguments: Any) -> None:
        super().__init__(daemon=True)
        self.answer: Any = None
        self.error: grpc.RpcError | None = None
        self._call, self._arguments = call, arguments
        self.start()

    def run(self) -> None:
        """Make the call."""
        try:
            self.answer = self._call(*self._arguments)
        except grpc.RpcError as error:
            self.error = error
