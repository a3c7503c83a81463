"""Do the commands of the pages about day two work: a change of the key while tasks run, and the removal of it all?

The Deployment's controller and the restarts are real. The node is ours: it asks no probe, so the Deployment in these
tests does not wait 30 seconds for each replica.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import cases
import deployment
import pytest
from attempts import Attempt
from deployment import replicas
from shell import Shell

from devkit import records, toolchain
from devkit.cluster import NAMESPACE, LocalCluster, binaries
from devkit.toolchain import ROOT
from flyteconnector.endpoint import ConnectorError

pytestmark = pytest.mark.timeout(600)
OVERLAY = "kustomize/overlays/local-pods"
INPUTS = "kustomize, go"
ROLLOUT = "kubectl -n larkspur-system rollout {} deployment/larkspur-connector"
APPLY = f"kubectl apply -k {OVERLAY} | grep -v unchanged"
MAKE = "kubectl -n larkspur-system create secret generic larkspur-connector-meta-key"
FORGET = """patch secret larkspur-connector-meta-key --type=json -p='[{"op": "remove", "path": "/data/previous"}]'"""
READ = "kubectl -n larkspur-system get secret larkspur-connector-meta-key -o 'jsonpath={.data.current}'"
FILE = "kustomize/components/signed-meta/kustomization.yaml"
PREPARE = [
    f'write() {{ {MAKE} "$@" --dry-run=client -o yaml | kubectl replace -f -; }}',
    f"old=$({READ} | base64 -d)",
    "new=$(openssl rand -hex 32)",
]
STEPS = [
    [
        "write --from-literal=current=$old --from-literal=previous=$new",
        f"sed -i 's/# \\(- .*--meta-key-previous\\)/\\1/' {FILE}",
        APPLY,
        ROLLOUT.format("status"),
    ],
    [
        "write --from-literal=current=$new --from-literal=previous=$old",
        ROLLOUT.format("restart"),
        ROLLOUT.format("status"),
    ],
    [
        f"sed -i 's/\\(- .*--meta-key-previous\\)/# \\1/' {FILE}",
        APPLY,
        ROLLOUT.format("status"),
        f"kubectl -n larkspur-system {FORGET}",
    ],
]
REMOVE = [
    "kubectl get jobs -A -l flyteconnector.example.com/managed=true --field-selector status.successful=0",
    f"kubectl delete -k {OVERLAY}",
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of kustomize/, which commands may change."""
    folder = tmp_path_factory.mktemp("day_two")
    shutil.copytree(ROOT / "kustomize", folder / "kustomize")
    base = folder / "kustomize/base/deployment.yaml"
    base.write_text(base.read_text().replace("minReadySeconds: 30", "minReadySeconds: 0"))
    return folder


@pytest.fixture(scope="module")
def up(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalCluster, str]]:
    with deployment.up(tmp_path_factory.mktemp("cluster"), tree / OVERLAY, "day_two") as up:
        yield up


def settings(cluster: LocalCluster) -> dict[str, str]:
    """Return what tells kubectl which cluster it is."""
    return {"KUBECONFIG": str(cluster.kubeconfig), "KUBECACHEDIR": str(cluster.kubectl_cache)}


@pytest.fixture
def shell(up: tuple[LocalCluster, str], tree: Path) -> Iterator[Shell]:
    cluster, _ = up
    path = os.pathsep.join([str(binaries()), os.environ["PATH"]])
    with Shell(tree, {**os.environ, **settings(cluster), "PATH": path}) as shell:
        yield shell


def signed_with(attempt: Attempt) -> str:
    return json.loads(attempt.meta)["s"].partition(".")[0]


def started(cluster: LocalCluster) -> Attempt:
    attempt = Attempt(cases.linger, seconds=600)
    one, other = replicas(cluster)
    attempt.create(one)
    attempt.await_phase(other, "RUNNING")
    return attempt


def all_say_running(cluster: LocalCluster, *attempts: Attempt) -> None:
    for replica in replicas(cluster):
        assert [each.phase(replica) for each in attempts] == ["RUNNING"] * len(attempts)


def compare(shown: dict[str, str]) -> None:
    different = []
    for name, transcript in shown.items():
        first, _, rest = transcript.partition("\n")
        different.append(records.compare(name, first.removeprefix("$ "), rest, INPUTS))
    assert not any(different), "\n".join([f"`make e2e` with {records.UPDATE}=1 writes it anew:", *different])


def test_the_key_changes_in_three_steps_while_tasks_run(up: tuple[LocalCluster, str], shell: Shell):
    cluster, key = up
    before = started(cluster)
    assert signed_with(before) == hashlib.sha256(key.encode()).hexdigest()[:8]
    shown = [shell.type(*PREPARE, *STEPS[0])]
    all_say_running(cluster, before)
    between = started(cluster)
    assert signed_with(between) == signed_with(before), "the old key signs until step 2"
    shown.append(shell.type(*STEPS[1]))
    after = started(cluster)
    assert signed_with(after) != signed_with(before)
    all_say_running(cluster, before, between, after)
    between.delete(replicas(cluster)[0])
    shown.append(shell.type(*STEPS[2]))
    all_say_running(cluster, after)
    with pytest.raises(ConnectorError, match="signed with another key"):
        before.get(replicas(cluster)[0])
    after.delete(replicas(cluster)[1])
    cluster.kubectl("-n", NAMESPACE, "delete", "job", json.loads(before.meta)["n"])
    compare({f"key_change_{step}": transcript for step, transcript in enumerate(shown, 1)})


def test_the_phase_of_a_resource_is_seen_without_a_connector(up: tuple[LocalCluster, str]):
    cluster, _ = up
    attempt = started(cluster)
    [job] = [
        each for each in cluster.get("jobs") if each["metadata"]["name"] == json.loads(attempt.meta)["n"]
    ]
    labels = job["metadata"]["labels"]
    chosen = f"-l execution-id={labels['execution-id']},node-id={labels['node-id']}"
    go = toolchain.go().env
    path = os.pathsep.join([str(binaries()), go["PATH"]])
    with Shell(ROOT / "go", {**go, **settings(cluster), "PATH": path}) as shell:
        printed = shell.type(
            f"kubectl -n {NAMESPACE} get jobs,pods {chosen} -o yaml | go run ./cmd/render phase"
        )
    assert "phase: Running" in printed
    attempt.delete(replicas(cluster)[0])
    compare({"render_phase": printed})


def test_a_removal_takes_everything_but_the_tasks_away(
    up: tuple[LocalCluster, str], shell: Shell, tree: Path
):
    cluster, _ = up
    attempt = Attempt(cases.divide, a=6, b=3)
    job = attempt.create(replicas(cluster)[0])
    attempt.await_phase(replicas(cluster)[1], "SUCCEEDED")
    overlay = tree / OVERLAY / "kustomization.yaml"
    overlay.write_text(overlay.read_text().replace("  - ../local/tasks\n", ""))  # as in `production`
    shown = shell.type(*REMOVE)
    assert cluster.get("jobs", "--field-selector", f"metadata.name={job}"), (
        "what has ended stays for its time"
    )
    kinds = "clusterroles,clusterrolebindings,validatingadmissionpolicies,validatingadmissionpolicybindings,namespaces"
    left = cluster.kubectl("get", kinds, "-o", "name") + cluster.kubectl(
        "get", "rolebindings", "-A", "-o", "name"
    )
    assert "larkspur" not in left
    compare({"removal": shown})
