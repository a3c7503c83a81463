"""D: what becomes of resources that nobody deletes, or whose engine is gone?"""

from __future__ import annotations

import time

import pytest
from kubernetes.dynamic.exceptions import NotFoundError

from connector_sanity.begin import begin, ending
from connector_sanity.cluster import Cluster, until
from connector_sanity.engine import Flyte
from connector_sanity.operator import Operator
from connector_sanity.profile import Json, Profile
from connector_sanity.registry import check, needs
from connector_sanity.settings import Settings
from connector_sanity.target import Target

SHORT = 10.0
"""Seconds of constants.keep_finished that are waited for without --slow."""
ASKED_FOR = 120.0
"""Seconds after its end in which Flyte may still ask about a task: four of Flyte 1's polls."""
COLLECTED = 20.0
"""Seconds until Kubernetes' garbage collector has deleted what an owner leaves behind; 0.3 were measured."""


@check(
    "D7",
    "K",
    "M",
    "a task has finished, and no DeleteTask ever comes; another one runs",
    expects="the finished resource is kept as long as Flyte may ask, and gone after constants.keep_finished",
    source="Flyte 1.16.8, webapi: never deletes what has finished; flyteorg/flyte issues 3897, 4491",
    fix="set the kind's own time to live, or sweep what has your mark, is finished, and is old enough",
)
def test_what_nobody_deletes(
    flyte: Flyte, cluster: Cluster, operator: Operator, profile: Profile, settings: Settings
) -> None:
    keep = profile.constants.keep_finished
    needs(keep is not None, "profile has no constants.keep_finished")
    assert keep is not None
    needs(settings.slow or keep <= SHORT, f"what has finished is kept for {keep:.0f} s: only with --slow")
    _, running = begin(flyte, cluster)
    task, it = begin(flyte, cluster)
    operator.play(it, "succeeded")
    start = time.monotonic()
    flyte.wait(task, ["SUCCEEDED"])
    while time.monotonic() - start < min(ASKED_FOR, 0.8 * keep):
        assert not ending(cluster, it), (
            f"deleted {time.monotonic() - start:.0f} s after its end; Flyte may still ask"
        )
        time.sleep(min(5, keep / 10))
    flyte.wait(task, ["SUCCEEDED"])
    until(
        lambda: ending(cluster, it),
        f"{it['metadata']['name']}, finished, is deleted",
        keep + profile.constants.sweep,
    )
    assert not ending(cluster, running), "a task that has not finished was deleted, too"


OWNER = check(
    "D8",
    "K",
    "M",
    "the engine's object, which owns the resource, is deleted while the connector is down",
    expects="the owner is named with the uid that was read, and Kubernetes deletes the resource",
    source="Kubernetes 1.36.3: gone 0.34 s after its owner; with a wrong uid, name or namespace of the owner, its "
    "garbage collector deletes a resource within 20 s although the owner lives (measured)",
    fix="read the owner before you name it, in the same namespace, and write its uid; or name none, and sweep",
)


@OWNER
def test_each_owner_is_there(flyte: Flyte, cluster: Cluster, profile: Profile) -> None:
    _, it = begin(flyte, cluster)
    owners = it["metadata"].get("ownerReferences") or []
    needs(owners or profile.owner, "the connector names no owner")
    for owner in owners:
        known = f"{owner['kind']} {owner['name']} with the uid {owner['uid']}"
        assert read(cluster, owner), (
            f"the owner, {known}, is not in the namespace: Kubernetes deletes the resource"
        )


def read(cluster: Cluster, owner: Json) -> bool:
    """Return whether exactly this owner is in the namespace."""
    try:
        found = cluster.of(owner["apiVersion"], owner["kind"]).get(
            name=owner["name"], namespace=cluster.namespace
        )
    except NotFoundError:
        return False
    return bool(found.metadata.uid == owner["uid"])


@OWNER
def test_the_owner_goes(
    request: pytest.FixtureRequest, cluster: Cluster, profile: Profile, settings: Settings
) -> None:
    needs(profile.owner, "profile has no `owner`: the connector names none")
    fresh: Target = request.getfixturevalue("fresh")
    assert profile.owner is not None
    for crd in profile.owner.crds:
        cluster.apply(settings.folder / crd)
    with fresh.flyte(profile.dialects[0]) as flyte:
        wanted = flyte.request()
        execution = wanted.task_execution_metadata.task_execution_id.node_execution_id.execution_id.name
        kind = {"apiVersion": profile.owner.api_version, "kind": profile.owner.kind}
        owner = cluster.create({**kind, "metadata": {"name": execution}})
        _, it = begin(flyte, cluster, wanted)
        uids = [each["uid"] for each in it["metadata"].get("ownerReferences") or []]
        assert owner["metadata"]["uid"] in uids, (
            f"the resource's owners are {uids}; {owner['metadata']['uid']} is missing"
        )
        if fresh.launched is not None:
            fresh.launched.kill()
        cluster.delete(owner)
        until(lambda: ending(cluster, it), f"{it['metadata']['name']} goes with its owner", COLLECTED)
