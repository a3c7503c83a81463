"""Who is the other tenant? A namespace that the kit makes and deletes, with a connector of its own for it."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from connector_sanity.cluster import ALLOWED, RUN, Cluster
from connector_sanity.engine import Flyte
from connector_sanity.operator import Operator
from connector_sanity.part import Json
from connector_sanity.settings import Settings
from connector_sanity.target import Target

_count = itertools.count(1)


@dataclass
class Tenant:
    """A namespace with its connector, which acts as the kit's own kubeconfig says: rights are tried elsewhere."""

    space: Json
    target: Target
    flyte: Flyte
    cluster: Cluster
    operator: Operator

    @property
    def namespace(self) -> str:
        """Return its name."""
        return self.cluster.namespace


@contextlib.contextmanager
def tenant(settings: Settings, cluster: Cluster, folder: Path, there: bool = True) -> Iterator[Tenant]:
    """Yield another tenant; at the end, the namespace is being deleted.

    Args:
        settings: Of the run; the profile says how connectors are started.
        cluster: The kit's.
        folder: For the connector's files.
        there: Whether the namespace exists.
    """
    name = f"connector-sanity-{settings.run}-{next(_count)}"
    about = {"name": name, "labels": {ALLOWED: "allowed", RUN: settings.run}}
    space: Json = {"apiVersion": "v1", "kind": "Namespace", "metadata": about}
    if there:
        space = dict(cluster.of("v1", "Namespace").create(body=space).to_dict())
    profile = settings.profile.model_copy(update={"namespace": name, "rights": None})
    try:
        with Target(dataclasses.replace(settings, profile=profile, address=""), folder / name) as target:
            theirs = cluster.of_namespace(name)
            with target.flyte(profile.dialects[0]) as flyte:
                yield Tenant(space, target, flyte, theirs, Operator(theirs, profile))
    finally:
        if there:
            cluster.delete(space)
