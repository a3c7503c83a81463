"""M: is extreme input made harmless, or refused in words that help? Names, sizes, and what the API server refuses."""

from __future__ import annotations

import re
from typing import Any

import pytest

from connector_sanity import admission, asking
from connector_sanity.begin import begin
from connector_sanity.breaking import MAKING, making
from connector_sanity.cluster import Cluster
from connector_sanity.engine import Flyte
from connector_sanity.faults import Mode
from connector_sanity.refusal import never
from connector_sanity.registry import check, needs
from connector_sanity.target import Target

M4 = {
    "id": "M4",
    "severity": "B",
    "title": "names with any characters and of any length, and names that begin alike",
    "expects": "a resource whose name is a DNS-1035 label, short enough for its children, and unique by a hash; labels "
    "that are valid, and a value that had to be changed as an annotation",
    "source": "Kubernetes takes 1abc and 64 characters where the operator's webhook is absent (1.36.3, measured); "
    "flyte-flink-plugin #11 #13, spark-operator #465, flyte #4824",
    "fix": "make the name of a readable part, cut and cleaned, and a hash of output_prefix",
}
M5 = {
    "id": "M5",
    "severity": "M",
    "title": "a resource of 1.6 MB and of 3.3 MB; annotations of more than 256 KiB",
    "expects": "a permanent refusal that speaks of the size, after one request to the API server",
    "source": "Kubernetes 1.36.3, measured: HTTP 500 'etcdserver: request is too large', 413, and 422, for a Job with "
    "words about its labels: the code misleads",
    "fix": "take 413, 422 and a 500 with 'request is too large' as final, and tell the text",
}
M6 = {
    "id": "M6",
    "severity": "M",
    "title": "the API server says no: a policy, 400, 422",
    "expects": "a permanent refusal in the API server's words, after one request to it",
    "source": "Flyte 1.16.8, plugins/k8s: BadTaskFormat is permanent; a gRPC error of CreateTask always costs a retry "
    "(measured), so the refusal is deferred: CreateTask OK, GetTask FAILED",
    "fix": "tell final answers (400, 403 of a policy, 404, 413, 422) from those that pass, and defer the final ones",
}
ALIKE = "x" * 60
LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
SIZE = ("too large", "too long", "too big", "exceed", "limit", "maximum")


@check(level="K", **M4)
@pytest.mark.parametrize(
    "name", ["módülé.tâsk", "日本語", "nul\x00and\nline", "UPPER.Case", "9lives", "-_-.", "a/../b?c#d%2f", "n" * 1024],
    ids=["accents", "no-latin", "control", "upper", "digit", "signs", "path", "1KiB"],
)  # fmt: skip
def test_any_name_becomes_a_good_one(flyte: Flyte, cluster: Cluster, name: str) -> None:
    request = flyte.request()
    request.template.id.name = name
    good(flyte, begin(flyte, cluster, request)[1]["metadata"]["name"])


@check(level="K", **M4)
def test_names_that_begin_alike_are_two(flyte: Flyte, cluster: Cluster) -> None:
    before = cluster.uids()
    for end in "ab":
        request = flyte.request(case=ALIKE + end, execution=ALIKE)
        request.template.id.name = f"{ALIKE}.{ALIKE}{end}"
        flyte.create(request)
    made = [each["metadata"]["name"] for each in cluster.since(before)]
    assert len(made) == 2, (
        f"two tasks whose names begin with the same 60 characters have the resources {made}"
    )
    for name in made:
        good(flyte, name)


@check(level="K", **M4)
def test_any_label_becomes_a_good_one(flyte: Flyte, cluster: Cluster) -> None:
    request = flyte.request()
    long, odd = "v" * 64, "two words\nand a line"
    request.task_execution_metadata.labels.update({"node-id": long, "team": odd, "bad key!": "x", "": "x"})
    about = begin(flyte, cluster, request)[1]["metadata"]
    kept = list((about.get("annotations") or {}).values())
    for value in (long, odd):
        assert value in kept, (
            f"a label's value, {value!r}, can be no label, and is in no annotation: it is lost"
        )


def good(flyte: Flyte, name: str) -> None:
    """Raise AssertionError unless Kubernetes, and whatever is made of the resource, can have this name."""
    kind = flyte.profile.resource
    assert kind is not None
    assert LABEL.fullmatch(name), (
        f"the resource is called {name!r}: no DNS-1035 label, so no Service can be called so"
    )
    assert len(name) <= kind.longest_name, (
        f"the resource's name {name!r} has {len(name)} characters; {kind.longest_name} leave room for what is appended"
    )


@check(level="K", **M5)
@pytest.mark.parametrize("size", [1_600_000, 3_300_000])
def test_a_resource_that_is_too_large(target: Target, flyte: Flyte, cluster: Cluster, size: int) -> None:
    request = flyte.request()
    asking.env(request, "BIG", "x" * size)
    refused_once(target, flyte, cluster, request, f"a resource of {size} bytes", *SIZE)


@check(level="K", **M5)
def test_annotations_that_are_too_large(target: Target, flyte: Flyte, cluster: Cluster) -> None:
    request = flyte.request()
    request.task_execution_metadata.annotations["big"] = "x" * (257 << 10)
    refused_once(target, flyte, cluster, request, "annotations of 257 KiB", *SIZE)


@check(level="K", **M6)
def test_a_policy_says_no(target: Target, flyte: Flyte, cluster: Cluster) -> None:
    words = "connector-sanity does not want this task"
    with admission.policy(cluster, f"{words}, at length: {'no, ' * 700}no"):
        request = flyte.request()
        request.task_execution_metadata.labels[admission.DENIED] = "true"
        request.task_execution_metadata.annotations[admission.DENIED] = "true"
        refused_once(
            target, flyte, cluster, request, "a task that a ValidatingAdmissionPolicy refuses", words
        )


@check(level="K", **M6)
@pytest.mark.parametrize("status", [400, 422])
def test_the_api_server_finds_it_wrong(target: Target, flyte: Flyte, cluster: Cluster, status: int) -> None:
    needs(target.proxy, "the kit did not start the connector, so it cannot answer in the API server's place")
    assert target.proxy is not None
    target.proxy.break_(*making(cluster, Mode.STATUS, times=-1, status=status))
    try:
        refused_once(
            target, flyte, cluster, flyte.request(), f"HTTP {status} of the API server", "broken on purpose"
        )
    finally:
        target.proxy.heal()


def small(flyte: Flyte, what: str) -> None:
    """Raise AssertionError when the last refusal has made a large resource_meta, which Flyte keeps in etcd."""
    size = len(flyte.made[-1].meta) if flyte.made else 0
    assert size <= 2048, (
        f"{what}: its resource_meta has {size} bytes; Flyte keeps it with the execution, so 1 KiB of words"
    )


def refused_once(target: Target, flyte: Flyte, cluster: Cluster, request: Any, what: str, *says: str) -> None:
    """Raise AssertionError unless the task is refused for good, leaves nothing, and cost one request at the most."""
    before, calls = cluster.uids(), len(target.proxy.calls) if target.proxy else 0
    never(flyte, request, what, *says)
    small(flyte, what)
    left = [each["metadata"]["name"] for each in cluster.since(before)]
    assert not left, f"{what}: refused, and left {left}"
    if target.proxy:
        tried = [call for call in target.proxy.calls[calls:] if call.verb in MAKING]
        assert len(tried) <= 1, (
            f"{what}: the API server was asked {len(tried)} times; its first answer was final"
        )
