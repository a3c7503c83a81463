"""How does the kit make the API server refuse some tasks? By a ValidatingAdmissionPolicy for its namespace."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator

from kubernetes.dynamic.exceptions import ApiException

from connector_sanity.cluster import Cluster, until
from connector_sanity.part import Json

DENIED = "connector-sanity/denied"
"""The label, or the annotation, of a task that the API server has to refuse."""
GROUP = "admissionregistration.k8s.io"


@contextlib.contextmanager
def policy(cluster: Cluster, words: str) -> Iterator[None]:
    """Let the API server refuse what has DENIED, with these words, until the end."""
    made = [_make(cluster, each) for each in _objects(cluster, words)]
    try:
        until(lambda: _holds(cluster, words), "the API server applies a new ValidatingAdmissionPolicy", 20)
        yield
    finally:
        for each in made:
            cluster.delete(each)


def _make(cluster: Cluster, wanted: Json) -> Json:
    return dict(cluster.of(wanted["apiVersion"], wanted["kind"]).create(body=wanted).to_dict())


def _objects(cluster: Cluster, words: str) -> list[Json]:
    it = cluster.resource
    rule = {"apiVersions": ["*"], "operations": ["CREATE"]}
    kinds = [rule | {"apiGroups": [it.group or ""], "resources": [it.name]}]
    kinds.append(
        rule | {"apiGroups": [""], "resources": ["configmaps"]}
    )  # by which the kit sees that it holds
    has = "has(object.metadata.{0}) && '{1}' in object.metadata.{0}"
    marked = " || ".join(f"({has.format(field, DENIED)})" for field in ("labels", "annotations"))
    about = {"name": f"connector-sanity-{cluster.run}", "labels": {"connector-sanity/run": cluster.run}}
    where = {"matchLabels": {"kubernetes.io/metadata.name": cluster.namespace}}
    return [
        {
            "apiVersion": f"{GROUP}/v1",
            "kind": "ValidatingAdmissionPolicy",
            "metadata": about,
            "spec": {
                "matchConstraints": {"resourceRules": kinds, "namespaceSelector": where},
                "validations": [{"expression": f"!({marked})", "message": words, "reason": "Forbidden"}],
            },
        },
        {
            "apiVersion": f"{GROUP}/v1",
            "kind": "ValidatingAdmissionPolicyBinding",
            "metadata": about,
            "spec": {"policyName": about["name"], "validationActions": ["Deny"]},
        },
    ]


def _holds(cluster: Cluster, words: str) -> bool:
    tried = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"generateName": "probe-", "labels": {DENIED: "true"}},
    }
    try:
        cluster.of("v1", "ConfigMap").create(
            body=tried, namespace=cluster.namespace, query_params=[("dryRun", "All")]
        )
    except ApiException as error:
        return words in str(json.loads(error.body or "{}").get("message"))
    return False
