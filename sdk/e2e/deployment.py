"""How does a test get the connector as pods: the Deployment of kustomize/ on a cluster of its own?"""

from __future__ import annotations

import contextlib
import dataclasses
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from waiting import until

from devkit import build
from devkit.cluster import LocalCluster
from devkit.connector import ACCOUNT, HOME_NAMESPACE

IMAGE = "larkspur/connector:local"
SECRET = "larkspur-connector-meta-key"
SELECTOR = f"app.kubernetes.io/name={ACCOUNT}"


@dataclasses.dataclass(frozen=True)
class Replica:
    """A pod of the Deployment, as far as a caller needs it."""

    name: str
    address: str


@contextlib.contextmanager
def up(folder: Path, manifests: Path, name: str) -> Iterator[tuple[LocalCluster, str]]:
    """Start a cluster with these manifests; yield it and the key that signs resource_meta."""
    images = {IMAGE: {"entrypoint": [str(build.program("connector"))]}}
    with LocalCluster(folder, manifests=(manifests,), images=images, name=name) as cluster:
        cluster.wait()
        key = secrets.token_hex(32)
        # The pods wait for it. kubectl adds no line's end, so these are the bytes of the key.
        made = ("create", "secret", "generic", SECRET, f"--from-literal=current={key}")
        cluster.kubectl("-n", HOME_NAMESPACE, *made)
        yield cluster, key


def pods(cluster: LocalCluster) -> list[dict[str, Any]]:
    return cluster.get("pods", "-l", SELECTOR, namespace=HOME_NAMESPACE)


def ready(pod: dict[str, Any]) -> bool:
    conditions = {c["type"]: c["status"] for c in pod["status"].get("conditions", [])}
    return conditions.get("Ready") == "True" and "deletionTimestamp" not in pod["metadata"]


def log(cluster: LocalCluster) -> str:
    files = cluster.pods.glob(f"{HOME_NAMESPACE}_{ACCOUNT}-*/connector/*.log")
    return "\n".join(file.read_text() for file in files)


def replicas(cluster: LocalCluster) -> list[Replica]:
    """Wait until two replicas have said that they know the cluster; return them."""
    until(lambda: sum(map(ready, pods(cluster))) == 2, f"two replicas run: {pods(cluster)}\n{log(cluster)}")
    found = [
        Replica(p["metadata"]["name"], f"{p['status']['podIP']}:8000") for p in pods(cluster) if ready(p)
    ]
    for each in found:
        [file] = cluster.pods.glob(f"{HOME_NAMESPACE}_{each.name}_*/connector/0.log")
        until(
            lambda file=file: '"msg":"ready"' in file.read_text(), f"{each.name} is ready: {file.read_text()}"
        )
    return found
