"""Does the sweeper remove what runs of the kit have left, and nothing else?"""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from kubernetes.dynamic.resource import Resource

from connector_sanity.labels import PREFIX, RUN
from connector_sanity.sweep import Sweeper, of_a_run

NOW = datetime.datetime.now(datetime.UTC)
MINE = {RUN: "0123abcd"}


def made(name: str, minutes: float, labels: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """Return an object that is so old."""
    born = (NOW - datetime.timedelta(minutes=minutes)).isoformat()
    about = {"name": name, "uid": f"uid-{name}", "creationTimestamp": born, "labels": labels}
    return {"metadata": about, **more}


class Kind(Resource):
    """One kind of a cluster, with its objects in each namespace."""

    def __init__(self, name: str, objects: dict[str, list[dict[str, Any]]], namespaced: bool = True) -> None:
        super().__init__(
            prefix="api", group="", api_version="v1", kind=name, namespaced=namespaced, verbs=["list", "delete"],
            name=f"{name.lower()}s", preferred=True,
        )  # fmt: skip
        self.objects, self.deleted = objects, list[dict[str, Any]]()

    def get(self, namespace: str = "", label_selector: str = "", **_: Any) -> Any:
        found = self.objects.get(namespace, [])
        if label_selector == RUN:
            found = [each for each in found if RUN in (each["metadata"]["labels"] or {})]
        elif label_selector:
            assert label_selector == "flyte-conformance=allowed"
            found = [each for each in found if each["metadata"]["name"] in ("mine", "scratch")]
        return SimpleNamespace(to_dict=lambda: {"items": found})

    def delete(self, **about: Any) -> None:
        self.deleted.append(about)


@pytest.fixture
def cluster() -> Any:
    """A cluster with two namespaces that allow kits, one of which the kit has made, and one that does not."""
    names = ["mine", "scratch", "theirs"]
    space = Kind(
        "Namespace", {"": [made(name, 100, MINE if name == "scratch" else None) for name in names]}, False
    )
    asked = {"annotations": {"prefix": f"{PREFIX}0123abcd/x/0"}}
    jobs = [made("asked-for", 90, spec=asked), made("foreign", 90), made("young", 5, spec=asked)]
    job = Kind("Job", {"mine": jobs, "theirs": [made("elsewhere", 90, spec=asked)]})
    pod = Kind(
        "Pod", {"mine": [made("pod", 90, MINE), made("bystander", 90)], "theirs": [made("p", 90, MINE)]}
    )
    kinds = {"Namespace": space, "Job": job, "Pod": pod}
    resources = SimpleNamespace(get=lambda api_version, kind: kinds[kind], search=lambda: [space, job, pod])
    return SimpleNamespace(resources=resources, kinds=kinds)


def test_only_its_own_only_what_is_old_and_only_where_it_may(cluster: Any) -> None:
    found = [it["metadata"]["name"] for _, it in Sweeper(cluster, [("v1", "Job")]).found(60)]
    assert found == ["asked-for", "pod", "scratch"]


def test_without_the_kind_only_what_has_the_label(cluster: Any) -> None:
    assert [it["metadata"]["name"] for _, it in Sweeper(cluster).found(60)] == ["pod", "scratch"]


def test_each_is_deleted_by_its_uid(cluster: Any) -> None:
    sweeper = Sweeper(cluster, [("v1", "Job")])
    for client, it in list(sweeper.found(60)):
        sweeper.remove(client, it)
    (gone,) = cluster.kinds["Job"].deleted
    assert (gone["name"], gone["body"]["preconditions"]) == ("asked-for", {"uid": "uid-asked-for"})


def test_what_another_program_has_made_is_not_its_own() -> None:
    assert not of_a_run(made("x", 1, {"connector-sanity/other": "1"}))
