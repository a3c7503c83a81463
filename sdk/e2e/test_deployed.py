"""Does the Deployment of kustomize/ serve tasks, as pods, with no rights but those of its manifests?

The API server, the Deployment's controller, Pod Security and the admission policy are real; the node is ours, so nobody
enforces the NetworkPolicy or asks the gRPC probes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import cases
import deployment
import pytest
from attempts import Attempt
from deployment import replicas
from waiting import until

from devkit import abort
from devkit.cluster import MANIFESTS, NAMESPACE, LocalCluster
from devkit.connector import ACCOUNT, HOME_NAMESPACE
from devkit.process import ChildError

PODS = MANIFESTS.with_name("local-pods")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalCluster, str]]:
    """A cluster of its own, whose policy binds the account that the other tests' connectors have; and its key."""
    with deployment.up(tmp_path_factory.mktemp("deployed"), PODS, "deployed") as running:
        yield running


@pytest.fixture(scope="module")
def deployed(running: tuple[LocalCluster, str]) -> LocalCluster:
    return running[0]


def test_one_replica_creates_and_the_other_answers_and_deletes(running: tuple[LocalCluster, str]):
    deployed, key = running
    one, other = replicas(deployed)
    attempt = Attempt(cases.divide, a=6, b=3)
    attempt.create(one)
    attempt.await_phase(other, "SUCCEEDED")
    signed_with = hashlib.sha256(key.encode()).hexdigest()[:8]
    assert json.loads(attempt.meta)["s"].startswith(f"{signed_with}."), "both have the Secret's key"
    endless = Attempt(cases.linger, seconds=600)
    job = endless.create(other)
    endless.await_phase(one, "RUNNING")
    uids = [p["metadata"]["uid"] for p in deployed.get("pods") if p["metadata"]["name"].startswith(job)]
    endless.delete(one)
    assert abort.await_gone(deployed, job, uids) == []


def test_the_service_has_the_addresses_of_both(deployed: LocalCluster):
    """It is headless; our node writes into a file what a cluster's DNS would answer."""
    addresses = {each.address.partition(":")[0] for each in replicas(deployed)}
    name = f"{ACCOUNT}.{HOME_NAMESPACE}.svc.cluster.local"
    [file] = hosts(deployed)
    until(
        lambda: (
            {line.split()[0] for line in file.read_text().splitlines() if name in line.split()} == addresses
        ),
        f"{name} is {addresses} in {file.read_text()}",
    )


def hosts(cluster: LocalCluster) -> list[Path]:
    """Return the file that $LOCALCLUSTER_HOSTS names in every container."""
    return [path for path in cluster.state.rglob("hosts") if path.is_file()]


def test_a_replica_that_is_lost_is_replaced_and_its_task_goes_on(deployed: LocalCluster):
    lost, other = replicas(deployed)
    attempt = Attempt(cases.linger, seconds=600)
    attempt.create(lost)
    deployed.kubectl("-n", HOME_NAMESPACE, "delete", "pod", lost.name, "--wait=false")
    attempt.await_phase(other, "RUNNING")
    attempt.delete(other)
    assert lost not in replicas(deployed)


def test_its_account_may_do_its_own_and_no_more(deployed: LocalCluster):
    def may(verb: str, kind: str, namespace: str) -> bool:
        user = f"--as=system:serviceaccount:{HOME_NAMESPACE}:{ACCOUNT}"
        try:
            return deployed.kubectl("auth", "can-i", verb, kind, user, "-n", namespace).strip() == "yes"
        except ChildError:
            return False  # kubectl says "no" with its exit code, too

    assert may("create", "jobs.batch", NAMESPACE)
    assert not may("create", "jobs.batch", "default")
    assert not may("get", "secrets", NAMESPACE)
    assert not may("create", "pods", NAMESPACE)


def test_a_task_that_would_reach_for_more_is_refused(deployed: LocalCluster, tmp_path: Path):
    """As the connector's account, around the connector: what somebody could do with its token."""
    template = {
        "spec": {"hostPID": True, "restartPolicy": "Never", "containers": [{"name": "a", "image": "a"}]}
    }
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": "more",
            "namespace": NAMESPACE,
            "labels": {"flyteconnector.example.com/managed": "true"},
        },
        "spec": {"template": template},
    }
    file = tmp_path / "job.json"
    file.write_text(json.dumps(job))
    user = f"--as=system:serviceaccount:{HOME_NAMESPACE}:{ACCOUNT}"
    with pytest.raises(ChildError, match="hostNetwork, hostPID, hostIPC: they reach out of the container"):
        deployed.kubectl("create", "-f", str(file), user)
