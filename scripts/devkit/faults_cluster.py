"""What does the connector do when the cluster is not as it should be? Rows of the fault matrix, each a function."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from typing import Any

from connector_sanity.begin import begin, copied, hold
from connector_sanity.cluster import until
from devkit.faults_api import BUSY, failed, fine, none, within
from devkit.faults_world import Json, World


@contextlib.contextmanager
def there(world: World, made: Json) -> Iterator[Any]:
    """Have an object in the cluster while the block runs."""
    kind = world.cluster.of(made["apiVersion"], made["kind"])
    space = made["metadata"].get("namespace")
    it = kind.create(body=made, namespace=space)
    try:
        yield it
    finally:
        kind.delete(name=made["metadata"]["name"], namespace=space)


def taken(world: World) -> str:
    """The name of the resource is taken: by its own, by a foreign one, by one that goes."""
    task, it = begin(world.flyte, world.cluster)
    own = fine(world.create(request=task.request))
    assert own.answer.meta == task.meta, "the same create got another resource_meta"
    held = hold(world.cluster, it)
    world.cluster.delete(held)
    dying = failed(world.create(request=task.request), *BUSY)
    world.cluster.release(held)
    until(lambda: world.cluster.find(it["metadata"]["name"]) is None, "the dying Job is gone")
    foreign = world.cluster.create(copied(it, mark=False))
    refused = world.create(request=task.request)
    assert refused.code == "FAILED_PRECONDITION", f"{refused}: {refused.words}"
    world.cluster.delete(foreign)
    return f"Its own: {own}. Foreign: {refused}. Dying: {dying}"


def webhook(world: World) -> str:
    """A webhook for Jobs of this namespace, where nobody listens."""
    name = f"faults-{world.settings.run}.example.com"
    rules = {"apiGroups": ["batch"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["jobs"]}
    space = {"kubernetes.io/metadata.name": world.cluster.namespace}
    hook = {
        "name": name, "rules": [rules], "clientConfig": {"url": "https://127.0.0.1:9/"}, "sideEffects": "None",
        "admissionReviewVersions": ["v1"], "failurePolicy": "Fail", "namespaceSelector": {"matchLabels": space},
    }  # fmt: skip
    made = {
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": name}, "webhooks": [hook],
    }  # fmt: skip
    before = world.cluster.uids()
    with there(world, made):
        until(lambda: world.create().code != "OK", "the API server asks the webhook", 20)
        created = world.create()
    assert created.code in BUSY, f"{created}: {created.words}"
    assert name in created.words, f"{created.words!r} does not name the webhook"
    for task in world.flyte.made:
        world.delete(task)
    none(world, before)
    return f"CreateTask {created}, and names the webhook"


def quota(world: World) -> str:
    """A quota that has no room for one more Job."""
    plural = world.cluster.plural
    used = str(len(world.cluster.all()))
    made = {
        "apiVersion": "v1", "kind": "ResourceQuota", "spec": {"hard": {f"count/{plural}": used}},
        "metadata": {"name": "faults-full", "namespace": world.cluster.namespace},
    }  # fmt: skip
    with there(world, made):
        kind = world.cluster.of("v1", "ResourceQuota")
        counted = lambda: kind.get(name="faults-full", namespace=world.cluster.namespace).status.used  # noqa: E731
        until(counted, "the quota controller has counted", 30)
        created = world.create()
    assert created.code == "RESOURCE_EXHAUSTED", f"{created}: {created.words}"
    assert "faults-full" in created.words, f"{created.words!r} does not name the quota"
    return f"CreateTask {created}, and names the quota"


def no_rights(world: World) -> str:
    """The RoleBinding of the connector is deleted."""
    task, _ = world.running()
    kind = world.cluster.of("rbac.authorization.k8s.io/v1", "RoleBinding")
    space = world.cluster.namespace
    kept = [each.to_dict() for each in kind.get(namespace=space).items]
    for each in kept:
        kind.delete(name=each["metadata"]["name"], namespace=space)
    try:
        until(lambda: world.create().code != "OK", "the rights are gone")
        created, said = world.create(), world.polls(task)
    finally:
        for each in kept:
            about = {"name": each["metadata"]["name"], "namespace": space}
            kind.create(body={**each, "metadata": about}, namespace=space)
    until(lambda: world.create().code == "OK", "the rights are back", 20)
    assert created.code == "PERMISSION_DENIED", f"{created}: {created.words}"
    assert all(word in created.words for word in ("create", "jobs", space)), created.words
    return f"CreateTask {created}, and names verb, kind and namespace; {said}"


def etcd_stalls(world: World) -> str:
    """Stop etcd's process for 12 s."""
    task, _ = world.running()
    before, process = world.cluster.uids(), world.pids["etcd"]
    os.kill(process, signal.SIGSTOP)
    try:
        created = failed(world.create(), *BUSY)
        said = world.polls(task)
        time.sleep(max(0.0, 12 - created.seconds))
    finally:
        os.kill(process, signal.SIGCONT)
    gone = none(world, before, 60)
    time.sleep(3)
    gone += none(world, before, 60)
    return f"CreateTask {created}; {said}; when etcd went on, no Job was left {within(gone)}"
