"""Which resources were there, from when until when? A watch of the kind sees each, however short its life."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from kubernetes import watch

from connector_sanity.cluster import Cluster

LONGEST = 3600
"""Seconds of one watch."""


@dataclass
class Sighting:
    """One resource; times are of time.monotonic()."""

    uid: str
    name: str
    added: float
    ended: float | None = None
    """Since when it is gone or being deleted."""


class Watcher:
    """Watches until `stop`."""

    def __init__(self, cluster: Cluster) -> None:
        self.seen: dict[str, Sighting] = {}
        listed = cluster.resource.get(namespace=cluster.namespace)
        for it in listed.to_dict()["items"]:
            self._note("ADDED", dict(it))
        self._watch = watch.Watch()
        version = listed.metadata.resourceVersion
        threading.Thread(target=self._run, args=(cluster, version), daemon=True).start()

    def _run(self, cluster: Cluster, version: str) -> None:
        kind, space = cluster.resource, cluster.namespace
        about = {"namespace": space, "resource_version": version, "timeout": LONGEST, "watcher": self._watch}
        for event in cluster.dynamic.watch(kind, **about):
            self._note(event["type"], event["raw_object"])

    def _note(self, type: str, it: dict[str, Any]) -> None:
        about, now = it["metadata"], time.monotonic()
        one = self.seen.setdefault(about["uid"], Sighting(about["uid"], about["name"], now))
        if one.ended is None and (type == "DELETED" or about.get("deletionTimestamp")):
            one.ended = now

    def since(self, at: float) -> list[Sighting]:
        """Return what was added after a time, in that order."""
        return sorted((one for one in list(self.seen.values()) if one.added >= at), key=lambda one: one.added)

    def stop(self) -> None:
        """End with the next event."""
        self._watch.stop()
