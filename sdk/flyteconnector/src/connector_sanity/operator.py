"""How does the kit play the operator? It writes the status that the profile names, and makes pods that run nothing."""

from __future__ import annotations

import contextlib
import datetime
from typing import Any

from kubernetes.dynamic.exceptions import ConflictError

from connector_sanity.cluster import Cluster
from connector_sanity.profile import Json, Profile


class Operator:
    """Plays the profile's states on resources of a cluster."""

    def __init__(self, cluster: Cluster, profile: Profile) -> None:
        self.cluster, self.profile = cluster, profile
        self._pods: set[str] = set()  # their names

    def play(self, it: Json, state: str) -> Json:
        """Bring a resource into a state of the profile, and return it as the API server has it then."""
        wanted = self.profile.states[state]
        if wanted.pod:
            self.pod(it, wanted.pod)
        return self.write(it, wanted.status)

    def become(self, it: Json, state: str) -> None:
        """Bring a resource into a state from any other: nothing of that one's status stays, nor its pod.

        Raises ApiException, and leaves all as it is, when the API server does not allow it; a Job that has ended, for
        example, never runs again.
        """
        wanted, now = self.profile.states[state], self.cluster.find(it["metadata"]["name"])
        assert now is not None, f"{it['metadata']['name']} is gone, and nobody was asked to delete it"
        change = difference(now.get("status", {}), filled(wanted.status, it))
        self.cluster.patch(it, {"status": change}, subresource="status")
        if wanted.pod:
            self.pod(it, wanted.pod)
        elif self.profile.pods is not None and (name := filled(self.profile.pods.name, it)) in self._pods:
            self.cluster.delete_pod(name)
            self._pods.discard(name)

    def write(self, it: Json, status: Json) -> Json:
        """Merge this status into the resource's; raises ApiException."""
        if not status:
            return it
        return self.cluster.patch(it, {"status": filled(status, it)}, subresource="status")

    def pod(self, it: Json, status: Json, number: int = 0, labels: Json | None = None) -> Json:
        """Make the pod with this number, as the operator would, unless it is there; give it a status. It never runs."""
        pods, about = self.profile.pods, it["metadata"]
        assert pods is not None, "the profile has no `pods`"
        owner = {key: it[key] for key in ("apiVersion", "kind")} | {
            "name": about["name"],
            "uid": about["uid"],
        }
        made = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": filled(pods.name, it, number),
                "namespace": self.cluster.namespace,
                "labels": filled(pods.labels | (labels or {}), it, number),
                "annotations": filled(pods.annotations, it, number),
                "ownerReferences": [owner | {"controller": True}],
            },
            "spec": {"containers": [{"name": pods.container, "image": "none:1"}], "restartPolicy": "Never"},
        }
        with contextlib.suppress(ConflictError):  # it is there
            made = self.cluster.create(made)
        self._pods.add(made["metadata"]["name"])
        return self.cluster.patch(made, {"status": filled(status, it)}, subresource="status")


def difference(old: Json, new: Json) -> Json:
    """Return the JSON merge patch that makes one of the other."""
    change: Json = {key: None for key in old if key not in new}
    for key, value in new.items():
        both = isinstance(value, dict) and isinstance(old.get(key), dict)
        change[key] = difference(old[key], value) if both else value
    return change


def filled(value: Any, it: Json, number: int = 0) -> Any:
    """Return a copy whose "{now}", "{created}", "{name}", "{uid}" and "{number}" are filled in from the resource."""
    if isinstance(value, dict):
        return {key: filled(inner, it, number) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, it, number) for inner in value]
    if not isinstance(value, str):
        return value
    about = it["metadata"]
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    names = {
        "now": now,
        "created": about["creationTimestamp"],
        "name": about["name"],
        "uid": about["uid"],
        "number": number,
    }
    for name, text in names.items():
        value = value.replace(f"{{{name}}}", str(text))
    return value
