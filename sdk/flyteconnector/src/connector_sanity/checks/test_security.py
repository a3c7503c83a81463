"""S: does a connector leave other tenants alone, whatever a caller says? Nobody authenticates who calls it."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest

from connector_sanity import asking
from connector_sanity.begin import begin
from connector_sanity.cluster import Cluster
from connector_sanity.elsewhere import tenant
from connector_sanity.engine import Flyte, Task, code, phase
from connector_sanity.operator import Operator
from connector_sanity.part import Json
from connector_sanity.refusal import answered, never
from connector_sanity.registry import check, needs
from connector_sanity.settings import Settings

NOBODY = "connector-sanity-nobody"
S1 = {
    "id": "S1",
    "severity": "B",
    "title": "a resource_meta of the parts of two, or with one byte changed, or that comes with another task type",
    "expects": "an error, or the answer for a lost resource; nobody else's resource is told of, changed or deleted",
    "source": "Flyte 1.16.8, plugins/webapi/connector/client.go: no client certificate and no token, so who reaches "
    "the port may send anything; Flyte's own Python connector takes forged ones (flyte 2.12.1, measured)",
    "fix": "compare the resource's label, annotation and uid with resource_meta before anything is told or deleted; "
    "or sign it",
}
S2 = {
    "id": "S2",
    "severity": "B",
    "title": "another namespace than the task's own in `custom`; a task in a namespace that is not served",
    "expects": "a refusal, and nothing in any other namespace",
    "source": "armada-flyte takes the namespace from `custom`, so every user chooses it (read)",
    "fix": "take the namespace from task_execution_metadata alone, and serve only those that you were started for",
}


@check(level="K", **S1)
def test_the_parts_of_two_tasks_are_mixed(flyte: Flyte, cluster: Cluster, operator: Operator) -> None:
    (mine, _), (theirs, canary) = born(flyte, cluster, operator), born(flyte, cluster, operator)
    with untouched(flyte, cluster, theirs, canary):
        for raw in mixtures(mine.meta, theirs.meta):
            reaches_nothing(flyte, raw)


@check(level="K", **S1)
def test_the_parts_of_two_tenants_are_mixed(
    settings: Settings, flyte: Flyte, cluster: Cluster, operator: Operator, tmp_path: Path
) -> None:
    needs(
        settings.profile.start,
        "the profile does not say how a connector is started, so there is no second tenant",
    )
    mine, _ = born(flyte, cluster, operator)
    with tenant(settings, cluster, tmp_path) as other:
        theirs, canary = born(other.flyte, other.cluster, other.operator)
        with untouched(other.flyte, other.cluster, theirs, canary):
            for raw in (*mixtures(mine.meta, theirs.meta), theirs.meta):
                reaches_nothing(flyte, raw)


@check(level="K", **S1)
def test_each_byte_is_changed(flyte: Flyte, cluster: Cluster, operator: Operator) -> None:
    theirs, canary = born(flyte, cluster, operator)
    with untouched(flyte, cluster, theirs, canary):
        for at in range(len(theirs.meta)):
            raw = bytearray(theirs.meta)
            raw[at] ^= 1
            reaches_nothing(flyte, bytes(raw))


@check(level="K", **S1)
def test_another_task_type(flyte: Flyte, cluster: Cluster, operator: Operator) -> None:
    theirs, canary = born(flyte, cluster, operator)
    with untouched(flyte, cluster, theirs, canary):
        for call in (flyte.get, flyte.delete):
            with pytest.raises(grpc.RpcError) as caught:
                call(theirs.meta, task_type=NOBODY)
            got = code(caught.value)
            assert got in ("NOT_FOUND", "INVALID_ARGUMENT", "UNIMPLEMENTED"), (
                f"a type that nobody serves: {got}"
            )


def born(flyte: Flyte, cluster: Cluster, operator: Operator) -> tuple[Task, Json]:
    """Return a task that runs, and its resource."""
    task, it = begin(flyte, cluster)
    operator.play(it, "running")
    flyte.wait(task, ("RUNNING",))
    return task, cluster.find(it["metadata"]["name"]) or it


@contextlib.contextmanager
def untouched(flyte: Flyte, cluster: Cluster, task: Task, canary: Json) -> Iterator[None]:
    """Raise AssertionError at the end when somebody's resource was changed, or its engine is told another phase."""
    yield
    now, name = cluster.find(canary["metadata"]["name"]), canary["metadata"]["name"]
    assert now is not None and not now["metadata"].get("deletionTimestamp"), (
        f"{name} is deleted: it was another task's"
    )
    same = now["metadata"]["resourceVersion"] == canary["metadata"]["resourceVersion"]
    assert same, f"{name} is another task's, and was changed"
    assert phase(flyte.get(task)) == "RUNNING", f"{name} runs, and its own engine is told something else"


def mixtures(mine: bytes, theirs: bytes) -> list[bytes]:
    """Return what can be made of the parts of two resource_metas, but for each of them itself.

    Two JSON objects are mixed by their keys. Of other bytes, a half comes from the one and the rest from the other,
    and, where both have the same length, each byte that differs.
    """
    try:
        own, other = json.loads(mine), json.loads(theirs)
        keys = [key for key in own if key in other and own[key] != other[key]]
    except (ValueError, TypeError):
        half = len(mine) // 2
        found = [mine[:half] + theirs[half:], theirs[:half] + mine[half:]]
        if len(mine) == len(theirs):
            found += [mine[:at] + theirs[at : at + 1] + mine[at + 1 :] for at in range(len(mine))]
        return [raw for raw in found if raw not in (mine, theirs)]
    parts = (set(part) for size in range(1, len(keys)) for part in itertools.combinations(keys, size))
    mixed = [{key: (other if key in part else own)[key] for key in own} for part in parts]
    return [json.dumps(each, separators=(",", ":")).encode() for each in mixed]


def reaches_nothing(flyte: Flyte, raw: bytes) -> None:
    """Send a forged resource_meta with both calls; raises AssertionError when GetTask tells how a task is."""
    told = answered(flyte.get, raw, what=f"GetTask of a forged resource_meta {raw!r}")
    assert told is None or not flyte.profile.limits.signed, (
        f"resource_meta {raw!r} has no good signature, and is taken"
    )
    assert told is None or phase(told) in ("RETRYABLE_FAILED", "FAILED"), (
        f"GetTask of the forged resource_meta {raw!r} says {phase(told)}: that is how another task is"
    )
    answered(flyte.delete, raw, what=f"DeleteTask of a forged resource_meta {raw!r}")


@check(level="K", **S2)
def test_a_namespace_in_the_settings(flyte: Flyte, cluster: Cluster) -> None:
    before = cluster.everywhere()
    for key in ("namespace", "target_namespace"):
        request = flyte.request()
        asking.custom(request, {key: "kube-system"})
        answered(flyte.create, request, what=f"`custom` with {key}: kube-system")
    only_here(cluster, before)


@check(level="K", **S2)
def test_a_namespace_that_is_not_served(
    settings: Settings, flyte: Flyte, cluster: Cluster, tmp_path: Path
) -> None:
    needs(
        settings.profile.start,
        "the profile does not say how a connector is started, so there is no second namespace",
    )
    before = cluster.everywhere()
    with tenant(settings, cluster, tmp_path) as other:
        for namespace in ("kube-system", other.namespace):
            request = flyte.request()
            request.task_execution_metadata.namespace = namespace
            never(
                flyte,
                request,
                f"a task in namespace {namespace}, which the connector was not started for",
                namespace,
            )
        only_here(cluster, before)


def only_here(cluster: Cluster, before: dict[str, str]) -> None:
    """Raise AssertionError when there is a new resource in another namespace than the kit's."""
    made = {uid: where for uid, where in cluster.everywhere().items() if uid not in before}
    wrong = sorted(set(made.values()) - {cluster.namespace})
    assert not wrong, (
        f"a resource was created in {', '.join(wrong)}; the task's own namespace is {cluster.namespace}"
    )
