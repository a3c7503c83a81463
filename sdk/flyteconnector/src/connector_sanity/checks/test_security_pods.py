"""S: how far does a task reach that its user describes freely? PodSpecs, the operator's settings, labels and texts."""

from __future__ import annotations

from typing import Any

import pytest

from connector_sanity import asking
from connector_sanity.begin import begin
from connector_sanity.cluster import Cluster
from connector_sanity.engine import Flyte
from connector_sanity.operator import Operator
from connector_sanity.part import Json
from connector_sanity.plugin import each_flyte
from connector_sanity.refusal import answered, never
from connector_sanity.registry import check, needs

S3 = {
    "id": "S3",
    "severity": "B",
    "title": "a PodSpec that reaches out of its containers: host*, privileged, capabilities, init containers too",
    "expects": "a refusal that names the field, and no resource; a PodSpec that does not is accepted",
    "source": "Kubernetes' Pod Security Standards, 'baseline'; spark-operator's SparkPodSpec exposes all of "
    "these; flyte #3241",
    "fix": "look into the whole resource before you create it, wherever the user may bring a PodSpec",
}
S4 = {
    "id": "S4",
    "severity": "B",
    "title": "settings of the operator that reach further than the task",
    "expects": "a refusal that names the setting, and no resource",
    "source": "spark-operator, internal/webhook/sparkconf_validator.go: a list of keys; spark-operator #1814",
    "fix": "accept the settings that you know, or refuse those that choose accounts, namespaces, files or images",
}
S5 = {
    "id": "S5",
    "severity": "M",
    "title": "labels with the connector's own keys; texts with {{ }}, ../, ? and # where links and arguments are made",
    "expects": "the connector's marks stay its own; what a text contains is not rendered again; links stay links",
    "source": "Flyte 1.16.8 hands the labels of an execution on, which its user writes; core/template renders once",
    "fix": "write your marks last, and drop a user's of the same names; render each text once; "
    "escape what goes into links",
}
REACHES: dict[str, Json] = {
    "hostNetwork": {"hostNetwork": True},
    "hostPID": {"hostPID": True},
    "hostIPC": {"hostIPC": True},
    "hostPath": {"volumes": [{"name": "root", "hostPath": {"path": "/"}}]},
    "hostPort": {"containers": [{"ports": [{"containerPort": 80, "hostPort": 80}]}]},
    "privileged": {"containers": [{"securityContext": {"privileged": True}}]},
    "capabilities": {"containers": [{"securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}]},
    "procMount": {"containers": [{"securityContext": {"procMount": "Unmasked"}}]},
    "seccompProfile": {"securityContext": {"seccompProfile": {"type": "Unconfined"}}},
    "seLinuxOptions": {"securityContext": {"seLinuxOptions": {"type": "spc_t"}}},
    "sysctls": {"securityContext": {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}},
}
"""What Pod Security's "baseline" forbids."""
INIT: Json = {
    "initContainers": [{"name": "first", "image": "none:1", "securityContext": {"privileged": True}}]
}
HARMLESS: Json = {
    "tolerations": [{"key": "team", "operator": "Exists"}],
    "volumes": [{"name": "scratch", "emptyDir": {}}],
    "securityContext": {"fsGroup": 1000},
}


@check(level="K", **S3)
@each_flyte
@pytest.mark.parametrize("feature", [*REACHES, "initContainers"])
def test_a_pod_that_reaches_out(flyte: Flyte, cluster: Cluster, feature: str) -> None:
    limits = flyte.profile.limits
    needs(limits.pod, "the profile has no `limits.pod`: users cannot bring a PodSpec")
    needs(feature not in limits.allowed, f"the profile says that the connector is set to allow {feature}")
    asks, says = (INIT, "privileged") if feature == "initContainers" else (REACHES[feature], feature)
    refused(flyte, cluster, with_pod(flyte, asks), f"a PodSpec with {asks}", says)


@check(level="K", **S3)
def test_a_pod_that_the_profile_forbids(flyte: Flyte, cluster: Cluster) -> None:
    limits = flyte.profile.limits
    needs(limits.pods, "the profile has no `limits.pods`")
    for each in limits.pods:
        refused(flyte, cluster, with_pod(flyte, each.asks), f"a PodSpec with {each.asks}", each.says)


@check(level="K", **S3)
@each_flyte
def test_a_pod_that_does_not(flyte: Flyte, cluster: Cluster) -> None:
    needs(flyte.profile.limits.pod, "the profile has no `limits.pod`: users cannot bring a PodSpec")
    before = cluster.uids()
    flyte.create(with_pod(flyte, HARMLESS))
    assert cluster.since(before), f"a PodSpec with {HARMLESS}, which reaches nothing, has made no resource"


def with_pod(flyte: Flyte, more: Json) -> Any:
    """Return a request with the profile's pod and more fields in it."""
    request = flyte.request(template=flyte.profile.limits.pod)
    asking.pod_spec(request, more)
    return request


def refused(flyte: Flyte, cluster: Cluster, request: Any, what: str, says: str) -> None:
    """Raise AssertionError unless a task is refused for good with these words, and leaves nothing."""
    before = cluster.uids()
    never(flyte, request, what, says)
    left = [each["metadata"]["name"] for each in cluster.since(before)]
    assert not left, f"{what}: refused, and left {left}"


@check(level="K", **S4)
def test_settings_that_reach_further(flyte: Flyte, cluster: Cluster) -> None:
    needs(flyte.profile.limits.custom, "the profile has no `limits.custom`")
    for each in flyte.profile.limits.custom:
        request = flyte.request()
        asking.custom(request, each.asks)
        refused(flyte, cluster, request, f"`custom` with {each.asks}", each.says)


@check(level="K", **S5)
def test_the_marks_are_the_connectors_own(flyte: Flyte, cluster: Cluster) -> None:
    limits, mark = flyte.profile.limits, flyte.profile.mark
    needs(mark or limits.metadata, "the profile has neither `mark` nor `limits.metadata`")
    before, request = cluster.uids(), flyte.request()
    for field in ("labels", "annotations"):
        stolen = dict.fromkeys(mark.get(field, {}), "stolen") | limits.metadata
        getattr(request.task_execution_metadata, field).update(stolen)
    answered(flyte.create, request, what="labels with the connector's own keys")
    for made in cluster.since(before):
        for field, wanted in (
            ("labels", mark.get("labels", {})),
            ("annotations", mark.get("annotations", {})),
        ):
            has = made["metadata"].get(field) or {}
            assert wanted.items() <= has.items(), (
                f"the user's {field} have taken the place of {wanted}: {has}"
            )
            passed = sorted(key for key in limits.metadata if has.get(key) == limits.metadata[key])
            assert not passed, f"the user's {field} {passed} are on the resource, where they mean something"


@check(level="K", **S5)
@each_flyte
def test_a_text_is_rendered_once(flyte: Flyte, cluster: Cluster) -> None:
    for template in filter(None, (flyte.profile.template, flyte.profile.limits.pod)):
        before, request = cluster.uids(), flyte.request(template=template)
        asking.text_input(request, "x", "again:{{.outputPrefix}}")
        asking.env(request, "X", "again:{{.inputs.x}}")
        asking.argument(request, "{{.inputs.x}}")
        asking.argument(request, "again:{{.inputs.x}}")
        answered(flyte.create, request, what="an input that looks like a template")
        again = f"again:{request.output_prefix}"
        made = str(cluster.since(before))
        assert again not in made, f"an input's text was rendered again: the resource has {again!r}"


@check(level="K", **S5)
def test_links_stay_links(flyte: Flyte, cluster: Cluster, operator: Operator) -> None:
    evil = "evil/../../admin?x=1#y {{.Pod}}"
    request = flyte.request(node=evil)
    request.template.id.name = request.template.id.project = evil
    request.task_execution_metadata.labels["node-id"] = evil
    task, it = begin(flyte, cluster, request)
    operator.play(it, "running")
    links = [link.uri for link in flyte.wait(task, ("RUNNING",)).log_links]
    wrong = [uri for uri in links if "evil/../" in uri or "?x=1" in uri or "#y" in uri or "{{" in uri]
    assert not wrong, f"what the user has written leads elsewhere: {wrong}"
