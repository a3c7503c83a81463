"""What did runs of the kit leave in a cluster that were killed? ``connector-sanity sweep`` removes it.

Only what is the kit's own: what has its label, and resources of tasks that it asked for, whose output prefix stands in
them. Only in namespaces that say that a kit may work there; each by its uid.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kubernetes import config
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import ApiException, ConflictError, NotFoundError
from kubernetes.dynamic.resource import Resource, ResourceList

from connector_sanity.labels import ALLOWED, PREFIX, RUN
from connector_sanity.loading import load
from connector_sanity.profile import Json, ProfileError


def age(it: Json, now: datetime.datetime) -> float:
    """Return how old an object is, in minutes."""
    made = datetime.datetime.fromisoformat(it["metadata"]["creationTimestamp"])
    return (now - made).total_seconds() / 60


def of_a_run(it: Json) -> bool:
    """Return whether a run of the kit made this object, or asked a connector for it."""
    return RUN in (it["metadata"].get("labels") or {}) or PREFIX in json.dumps(it)


class Sweeper:
    """Finds leftovers, and removes them.

    Args:
        dynamic: An administrator's client.
        kinds: apiVersion and kind of the resources that connectors make, beside what has the kit's label.
    """

    def __init__(self, dynamic: DynamicClient, kinds: Sequence[tuple[str, str]] = ()) -> None:
        self._dynamic, self._kinds = dynamic, kinds

    def namespaces(self) -> list[str]:
        """Return those that say that a kit may work there."""
        found = self._dynamic.resources.get(api_version="v1", kind="Namespace").get(
            label_selector=f"{ALLOWED}=allowed"
        )
        return [each["metadata"]["name"] for each in found.to_dict()["items"]]

    def found(self, minutes: float) -> Iterator[tuple[Any, Json]]:
        """Yield what is older, with its kind's client; namespaces that the kit made come last."""
        now, spaces, seen = datetime.datetime.now(datetime.UTC), self.namespaces(), set()
        for client, selector in self._places():
            for namespace in spaces:
                for it in self._list(client, namespace, selector):
                    uid = it["metadata"]["uid"]
                    if uid not in seen and of_a_run(it) and age(it, now) >= minutes:
                        seen.add(uid)
                        yield client, it
        client = self._dynamic.resources.get(api_version="v1", kind="Namespace")
        for it in client.get(label_selector=RUN).to_dict()["items"]:
            if it["metadata"]["name"] in spaces and age(it, now) >= minutes:
                yield client, it

    def _places(self) -> Iterator[tuple[Any, str]]:
        for api_version, kind in self._kinds:
            with contextlib.suppress(Exception):  # a cluster that does not serve it has none of it
                yield self._dynamic.resources.get(api_version=api_version, kind=kind), ""
        for found in self._dynamic.resources.search():
            one = isinstance(found, Resource) and not isinstance(found, ResourceList)
            listed = one and {"list", "delete"} <= set(found.verbs)
            if listed and found.namespaced and "/" not in found.name:
                yield found, RUN

    @staticmethod
    def _list(client: Any, namespace: str, selector: str) -> list[Json]:
        try:
            items = client.get(namespace=namespace, label_selector=selector).to_dict()["items"]
        except ApiException:
            return []  # a kind that cannot be listed in this cluster
        about = {"apiVersion": client.group_version, "kind": client.kind}
        return [about | dict(each) for each in items]

    def remove(self, client: Any, it: Json) -> None:
        """Take the finalizers away, and delete exactly this object."""
        name, space = it["metadata"]["name"], it["metadata"].get("namespace")
        with contextlib.suppress(NotFoundError, ConflictError):
            if it["metadata"].get("finalizers"):
                freed = {"metadata": {"finalizers": None, "uid": it["metadata"]["uid"]}}
                client.patch(
                    name=name, namespace=space, body=freed, content_type="application/merge-patch+json"
                )
            body = {"preconditions": {"uid": it["metadata"]["uid"]}, "propagationPolicy": "Background"}
            client.delete(name=name, namespace=space, body=body)


def main(words: Sequence[str]) -> int:
    """Remove leftovers, and say which."""
    parser = argparse.ArgumentParser(prog="connector-sanity sweep", description=__doc__)
    parser.add_argument("--kubeconfig", type=Path, required=True, help="an administrator's")
    parser.add_argument("--profile", type=Path, help="of the connector whose resources are looked at, too")
    parser.add_argument(
        "--older-than", type=float, default=60, metavar="MINUTES", help="default 60: no run takes longer"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be removed")
    asked = parser.parse_args(words)
    try:
        kind = load(asked.profile).resource if asked.profile else None
        dynamic = DynamicClient(config.new_client_from_config(str(asked.kubeconfig)))
    except (ProfileError, config.ConfigException, OSError) as error:
        print(f"connector-sanity sweep: {error}", file=sys.stderr)
        return 2
    sweeper, count = Sweeper(dynamic, [(kind.api_version, kind.kind)] if kind else []), 0
    for client, it in list(sweeper.found(asked.older_than)):
        about, count = it["metadata"], count + 1
        print(
            f"{client.kind} {about.get('namespace', '')}/{about['name']} of {about['creationTimestamp']}",
            flush=True,
        )
        if not asked.dry_run:
            sweeper.remove(client, it)
    print(f"{count} found" if asked.dry_run else f"{count} removed")
    return 0
