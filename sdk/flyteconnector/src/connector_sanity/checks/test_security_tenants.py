"""S: is a tenant told what is wrong with his own namespace, and with his cluster?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from connector_sanity.breaking import making
from connector_sanity.cluster import Cluster, until
from connector_sanity.elsewhere import Tenant, tenant
from connector_sanity.engine import Flyte, code
from connector_sanity.faults import Mode
from connector_sanity.refusal import never
from connector_sanity.registry import check, needs
from connector_sanity.settings import Settings
from connector_sanity.target import Target

S10 = {
    "id": "S10",
    "severity": "M",
    "title": "a quota that is used up; a namespace that is being deleted, or is gone; an operator that is missing",
    "expects": "RESOURCE_EXHAUSTED with the quota's name; refusals that name the namespace, or the kind",
    "source": "Kubernetes 1.36.3, measured: 403 'exceeded quota', 403 with cause NamespaceTerminating, 404 with a "
    "Status, and 404 as plain text",
    "fix": "tell the four answers apart: only the quota is worth another attempt",
}


@pytest.fixture
def other(settings: Settings, cluster: Cluster, tmp_path: Path) -> Iterator[Tenant]:
    """A tenant whose namespace may be spoilt."""
    needs(
        settings.profile.start,
        "the profile does not say how a connector is started, so there is no second tenant",
    )
    with tenant(settings, cluster, tmp_path) as made:
        yield made


@check(level="K", **S10)
def test_a_quota_that_is_used_up(other: Tenant) -> None:
    limit = {f"count/{other.cluster.plural}": "0"}
    about = {"metadata": {"name": "sanity-quota"}, "spec": {"hard": limit}}
    quota = other.cluster.create({"apiVersion": "v1", "kind": "ResourceQuota", **about})
    other.cluster.patch(quota, {"status": {"hard": limit, "used": limit}}, subresource="status")
    request = other.flyte.request()
    with pytest.raises(grpc.RpcError) as caught:
        until(
            lambda: other.flyte.create(other.flyte.request()) is None, "a task is refused beyond the quota", 5
        )
    words, got = str(caught.value.details()), code(caught.value)
    assert got == "RESOURCE_EXHAUSTED", (
        f"the quota is used up: {got} {words!r}; RESOURCE_EXHAUSTED would be right"
    )
    assert "sanity-quota" in words, f"the quota is used up: {words!r} does not name it (sanity-quota)"
    other.cluster.delete(quota)
    until(lambda: accepted(other.flyte, request), "a task is accepted once the quota is gone")


def accepted(flyte: Flyte, request: Any) -> bool:
    """Return whether a task is accepted now."""
    try:
        return bool(flyte.create(request))
    except grpc.RpcError:
        return False


@check(level="K", **S10)
def test_a_namespace_that_is_being_deleted(other: Tenant) -> None:
    other.cluster.patch(other.space, {"metadata": {"finalizers": ["connector-sanity/hold"]}})
    other.cluster.delete(other.space)
    try:
        until(lambda: ending(other), "the namespace is being deleted")
        never(
            other.flyte,
            other.flyte.request(),
            "a namespace that is being deleted",
            "terminat",
            "being deleted",
        )
    finally:
        other.cluster.release(other.space)


@check(level="K", **S10)
def test_a_namespace_that_is_not_there(settings: Settings, cluster: Cluster, tmp_path: Path) -> None:
    needs(
        settings.profile.start,
        "the profile does not say how a connector is started, so there is no second tenant",
    )
    with tenant(settings, cluster, tmp_path, there=False) as nowhere:
        words = never(
            nowhere.flyte,
            nowhere.flyte.request(),
            "a namespace that does not exist",
            "not found",
            "not exist",
        )
        assert nowhere.namespace in words, f"{words!r} does not name the namespace, {nowhere.namespace}"


def ending(other: Tenant) -> bool:
    """Return whether the namespace is being deleted."""
    now = other.cluster.of("v1", "Namespace").get(name=other.namespace).to_dict()
    return bool(now["status"]["phase"] == "Terminating")


@check(level="K", **S10)
def test_an_operator_that_is_not_installed(target: Target, flyte: Flyte, cluster: Cluster) -> None:
    needs(target.proxy, "the kit did not start the connector, so it cannot answer in the API server's place")
    assert target.proxy is not None
    target.proxy.break_(*making(cluster, Mode.STATUS, times=-1, status=404, text="404 page not found\n"))
    try:
        never(
            flyte,
            flyte.request(),
            "a kind that the API server does not know",
            cluster.kind.kind,
            cluster.resource.name,
        )
    finally:
        target.proxy.heal()
