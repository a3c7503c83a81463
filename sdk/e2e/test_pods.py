"""Does a user read why the cluster ended a task's pods, or does not make any?"""

from __future__ import annotations

import json
import re

import cases
import pytest
import yaml
from attempts import Attempt
from waiting import ended, said

from devkit import abort
from devkit.cluster import NAMESPACE
from devkit.connector import ACCOUNT, HOME_NAMESPACE

EVENTS = "connector-events"


@pytest.fixture
def running(connector, cluster):
    """An attempt whose pod runs, and that pod; whatever happens, the attempt is deleted in the end."""
    attempt = Attempt(cases.linger, seconds=600)
    job = attempt.create(connector)
    attempt.await_phase(connector, "RUNNING")
    pods = [pod for pod in cluster.get("pods") if pod["metadata"]["name"].startswith(job)]
    yield attempt, min(pods, key=lambda pod: pod["metadata"]["name"])
    attempt.delete(connector)


def test_a_pod_that_is_evicted_makes_a_retryable_failure(running, connector, cluster, tmp_path):
    """As `kubectl drain` and the cluster autoscaler do it: through the API server's eviction API. It deletes the pod,
    so the connector has to remember what the pod said about that."""
    attempt, pod = running
    name = pod["metadata"]["name"]
    eviction = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": name, "namespace": NAMESPACE},
    }
    file = tmp_path / "eviction.json"
    file.write_text(json.dumps(eviction))
    cluster.kubectl(
        "create", "--raw", f"/api/v1/namespaces/{NAMESPACE}/pods/{name}/eviction", "-f", str(file)
    )
    answer = attempt.await_phase(connector, "RETRYABLE_FAILED")
    assert re.search(r"worker 0: .*EvictionByEvictionAPI", answer.message), answer.message


def test_a_pod_that_the_kubelet_evicts_makes_a_retryable_failure(running, connector, cluster):
    """What a kubelet short of memory reports. Ours never is, so the status is played."""
    attempt, pod = running
    status = {"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."}
    cluster.kubectl(
        "-n", NAMESPACE, "patch", "pod", pod["metadata"]["name"], "--subresource=status", "--type=merge",
        "-p", json.dumps({"status": status}),
    )  # fmt: skip
    answer = attempt.await_phase(connector, "RETRYABLE_FAILED")
    assert "worker 0: Evicted: The node was low on resource: memory." in answer.message, answer.message


def test_a_timeout_ends_the_task_and_names_itself(run_case, nothing_left, cluster):
    child = run_case("oversleep")
    assert ended(child) != 0
    words = "\n".join(child.tail)
    assert re.search(r"oversleep RETRYABLE_FAILED", words), words
    assert "timeout of 5s is over" in words or "longer than specified deadline" in words, words
    nothing_left("oversleep-")


@pytest.fixture
def may_read_events(cluster, tmp_path):
    """Gives the connector's account the rights that --events needs."""
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": EVENTS, "namespace": NAMESPACE},
        "rules": [
            {"apiGroups": ["events.k8s.io"], "resources": ["events"], "verbs": ["list", "watch"]},
            {"apiGroups": [""], "resources": ["events"], "verbs": ["list", "watch"]},
        ],
    }
    file = tmp_path / "role.yaml"
    file.write_text(yaml.safe_dump(role))
    cluster.kubectl("apply", "-f", str(file))
    account = f"--serviceaccount={HOME_NAMESPACE}:{ACCOUNT}"
    cluster.kubectl("-n", NAMESPACE, "create", "rolebinding", EVENTS, f"--role={EVENTS}", account)
    yield
    cluster.kubectl("-n", NAMESPACE, "delete", f"role/{EVENTS}", f"rolebinding/{EVENTS}")


def test_pods_that_are_refused_are_explained(
    restricted, may_read_events, start_connector, run_case, nothing_left, cluster
):
    """The Job is accepted and its pods are not; only an event of the real Job controller tells."""
    before = _jobs(cluster)
    child = run_case("linger", "--seconds", "1", through=start_connector(events="true"))
    said(child, 'WAITING_FOR_RESOURCES: .*violates PodSecurity "restricted:latest"')
    [job] = _jobs(cluster) - before  # others of the task have finished, and stay for their time to live
    child.interrupt()
    assert ended(child) != 0
    nothing_left(job)


def _jobs(cluster) -> set[str]:
    return {job["metadata"]["name"] for job in cluster.get(abort.KIND)}
