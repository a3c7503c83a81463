"""Does connector-sanity work only where it may, and delete only what it means? Against an API server in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sanity_memory import Api, served
from sanity_profiles import profile

from connector_sanity.begin import HOLD, copied, ending, hold, unchanged
from connector_sanity.cluster import RUN, Cluster, ClusterError, until
from connector_sanity.operator import Operator

WIDGET = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "a"}, "spec": {"size": 1}}


@pytest.fixture
def api(tmp_path: Path) -> Iterator[tuple[type[Api], Path]]:
    with served(tmp_path) as made:
        yield made


@pytest.fixture
def objects(api: tuple[type[Api], Path]) -> dict[tuple[str, str], Any]:
    return api[0].objects


@pytest.fixture
def cluster(api: tuple[type[Api], Path]) -> Cluster:
    return Cluster(api[1], profile(), "run1")


def space(labels: dict[str, str]) -> Any:
    """Return a namespace."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "tasks", "labels": labels}}


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        (None, "namespace tasks does not exist: make it, with the label flyte-conformance=allowed"),
        ({}, "kubectl label namespace tasks flyte-conformance=allowed"),
        ({"flyte-conformance": "no"}, "kubectl label namespace tasks flyte-conformance=allowed"),
    ],
)
def test_a_namespace_where_a_kit_may_not_work(cluster: Cluster, objects: Any, labels: Any, says: str) -> None:
    if labels is not None:
        objects["namespaces", "tasks"] = space(labels)
    with pytest.raises(ClusterError, match=says):
        cluster.check_allowed()


def test_a_namespace_where_it_may(cluster: Cluster, objects: Any) -> None:
    objects["namespaces", "tasks"] = space({"flyte-conformance": "allowed"})
    cluster.check_allowed()


def test_a_kind_that_is_not_served(api: tuple[type[Api], Path]) -> None:
    other = profile(resource={"api_version": "example.com/v1", "kind": "Gadget"})
    with pytest.raises(ClusterError, match=r"the cluster serves no Gadget of example.com/v1"):
        Cluster(api[1], other, "run1").all()


def test_a_profile_without_a_kind(api: tuple[type[Api], Path]) -> None:
    with pytest.raises(ClusterError, match="without a resource there is nothing to look at"):
        Cluster(api[1], profile(resource=None), "run1")


def test_what_it_creates_has_the_label_of_the_run(cluster: Cluster, objects: Any) -> None:
    before = cluster.uids()
    made = cluster.create(WIDGET)
    assert objects["widgets", "a"]["metadata"]["labels"] == {RUN: "run1"}
    assert [each["metadata"]["uid"] for each in cluster.since(before)] == [made["metadata"]["uid"]]
    assert "labels" not in WIDGET["metadata"], "the caller's own was changed"


def test_it_deletes_by_uid_alone(api: tuple[type[Api], Path], cluster: Cluster, objects: Any) -> None:
    old = cluster.create(WIDGET)
    cluster.delete(old)
    assert cluster.find("a") is None
    cluster.delete(old)  # which is gone
    new = cluster.create(WIDGET)
    cluster.delete(old)  # whose name another one has
    assert objects["widgets", "a"]["metadata"]["uid"] == new["metadata"]["uid"]
    assert {each["preconditions"]["uid"] for each in api[0].deletes} == {old["metadata"]["uid"]}


def test_a_held_one_stays_until_it_is_released(cluster: Cluster) -> None:
    it = hold(cluster, cluster.create(WIDGET))
    assert it["metadata"]["finalizers"] == [HOLD]
    assert not ending(cluster, it)
    cluster.delete(it)
    assert cluster.find("a") is not None
    assert ending(cluster, it)
    cluster.release(it)
    assert cluster.find("a") is None
    assert ending(cluster, it)


def test_a_change_is_seen(cluster: Cluster) -> None:
    it = cluster.create(WIDGET)
    unchanged(cluster, it)
    cluster.patch(it, {"spec": {"size": 2}})
    with pytest.raises(AssertionError, match="Widget a was changed from resourceVersion 1 to 2"):
        unchanged(cluster, it)
    cluster.delete(it)
    with pytest.raises(AssertionError, match="Widget a is gone, and nobody was asked to delete it"):
        unchanged(cluster, it)
    cluster.create(WIDGET)
    with pytest.raises(AssertionError, match="Widget a was replaced by another"):
        unchanged(cluster, it)


def test_a_copy_has_nothing_of_the_first_ones_identity() -> None:
    labels = {"job-name": "a", "controller-uid": "u1", "app": "x"}
    about = {
        "name": "a",
        "namespace": "tasks",
        "uid": "u1",
        "labels": {"mine": "yes"},
        "resourceVersion": "7",
    }
    it = {
        **WIDGET,
        "metadata": about,
        "spec": {"labels": labels, "items": [{"uid": "u1", "n": 1}]},
        "status": {"x": 1},
    }
    spec = {"labels": {"app": "x"}, "items": [{"n": 1}]}
    kind = {"apiVersion": "example.com/v1", "kind": "Widget", "spec": spec}
    same = {"name": "a", "namespace": "tasks", "labels": {"mine": "yes"}, "annotations": None}
    assert copied(it) == {**kind, "metadata": same}
    assert copied(it, mark=False, name="b") == {**kind, "metadata": {"name": "b", "namespace": "tasks"}}


def test_a_state_replaces_the_one_before(cluster: Cluster, objects: Any) -> None:
    operator, it = Operator(cluster, profile()), cluster.create(WIDGET)
    operator.play(it, "running")
    assert objects["widgets", "a"]["status"] == {"state": "Running", "since": "2026-01-02T03:04:05Z"}
    assert objects["pods", "a-0"]["status"] == {"phase": "Running"}
    assert objects["pods", "a-0"]["metadata"]["labels"] == {"widget": "a", RUN: "run1"}
    operator.become(it, "failed")
    assert objects["widgets", "a"]["status"] == {"state": "Failed"}
    assert ("pods", "a-0") not in objects


def test_a_pod_of_somebody_else_stays(cluster: Cluster, objects: Any) -> None:
    objects["pods", "a-0"] = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a-0", "uid": "x"}}
    cluster.delete_pod("a-0")
    assert ("pods", "a-0") in objects


def test_waiting_ends_with_the_words() -> None:
    assert until(lambda: "x", "never") == "x"
    with pytest.raises(AssertionError, match=r"not within 0 s: it rains"):
        until(lambda: False, "it rains", 0.1)
