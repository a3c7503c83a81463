"""S: what could somebody do who has taken the connector over? Exactly what it needs, where its tasks are."""

from __future__ import annotations

from kubernetes import client

from connector_sanity import identity, manifests, rights
from connector_sanity.cluster import Cluster
from connector_sanity.part import Json
from connector_sanity.profile import Rights
from connector_sanity.registry import check, needs
from connector_sanity.rights import Right, told
from connector_sanity.settings import Settings

S7 = {
    "id": "S7",
    "severity": "B",
    "title": "what the connector's account may do, as the manifests say and as the API server says",
    "expects": "exactly the profile's `rights.may`, in the tasks' namespaces, and nothing anywhere else",
    "source": "Kubernetes 1.36.3: create, get and delete on one kind suffice, list and watch for a cache (measured); "
    "Flyte's chart flyteconnector gives 'get secrets' in the whole cluster (PR #6919); flyte #3827, #6533",
    "fix": "write a role with the verbs that the connector calls, and bind it where tasks run alone",
}
NEVER = (
    *((resource, verb) for resource in ("secrets", "configmaps") for verb in ("get", "list", "watch")),
    *(
        (resource, verb)
        for resource in ("pods", "serviceaccounts/token", "pods/exec")
        for verb in ("create",)
    ),
    *(("pods", verb) for verb in ("update", "patch", "delete", "deletecollection")),
    *(
        (f"{kind}.rbac.authorization.k8s.io", verb)
        for kind in ("roles", "clusterroles")
        for verb in ("bind", "escalate")
    ),
    ("users", "impersonate"),
    ("*.*", "*"),
)
"""What is never needed; the review of all rules may be incomplete, so these are asked one by one."""


@check(level="S", **S7)
def test_the_manifests(settings: Settings) -> None:
    part = of(settings)
    needs(part.manifests, "the profile names no manifests (rights.manifests)")
    account = part.in_manifests or part.account
    found = rights.bound(manifests.objects(settings.folder / path for path in part.manifests), account)
    assert found, f"no binding among the manifests gives {account} anything, so it cannot work"
    assert rights.EVERYWHERE not in found, (
        f"{account} may {told(found[rights.EVERYWHERE])} in all namespaces; RoleBindings are enough"
    )
    for namespace, has in found.items():
        exactly(has, rights.declared(part.may), f"by the manifests, in namespace {namespace}, {account}")


@check(level="K", **S7)
def test_the_api_servers_own_words(settings: Settings, cluster: Cluster) -> None:
    part = of(settings)
    nobody = cluster.create(
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"generateName": "nobody-"}}
    )
    try:
        mine = identity.api(settings, part.account)
        other = identity.api(settings, f"{cluster.namespace}/{nobody['metadata']['name']}")
        for namespace in (cluster.namespace, "default", "kube-system", part.account.split("/")[0]):
            more = reviewed(mine, namespace) - reviewed(other, namespace)
            wanted = rights.declared(part.may) if namespace == cluster.namespace else set()
            exactly(more, wanted, f"in namespace {namespace}, {part.account}")
    finally:
        cluster.delete(nobody)


@check(level="K", **S7)
def test_what_nobody_needs(settings: Settings, cluster: Cluster) -> None:
    part = of(settings)
    never = set(NEVER) | {(cluster.plural, verb) for verb in ("update", "patch", "deletecollection")}
    never |= {
        (right[0], right[1])
        for right in rights.declared({cluster.plural: ("create", "delete", "get", "list")})
    }
    for namespace in (cluster.namespace, "kube-system", None):
        asked = never - rights.declared(part.may) if namespace == cluster.namespace else never
        has = {right for right in asked if allowed(cluster, part.account, namespace, right)}
        assert not has, (
            f"{part.account} may {told(has)} in {namespace or 'all namespaces'}; it needs none of it"
        )


def of(settings: Settings) -> Rights:
    """Return the profile's part about rights, or leave the check out."""
    needs(settings.profile.rights, "the profile does not say what the connector's account may do (rights)")
    assert settings.profile.rights is not None
    return settings.profile.rights


def exactly(has: set[Right], wanted: set[Right], who: str) -> None:
    """Raise AssertionError with what is too much, and what is missing."""
    assert not has - wanted, f"{who} may {told(has - wanted)}, which the profile's rights.may does not have"
    assert not wanted - has, f"{who} may not {told(wanted - has)}, which the profile's rights.may has"


def reviewed(api: client.ApiClient, namespace: str) -> set[Right]:
    """Return what the API server tells an account that it may do in a namespace."""
    review: Json = {"spec": {"namespace": namespace}}
    status = client.AuthorizationV1Api(api).create_self_subject_rules_review(review).status
    rules: list[Json] = api.sanitize_for_serialization([*status.resource_rules, *status.non_resource_rules])
    return {right for rule in rules for right in rights.of_rule(rule)}


def allowed(cluster: Cluster, account: str, namespace: str | None, right: Right) -> bool:
    """Return whether the API server says that an account has a right; in all namespaces when there is none."""
    space, name = account.split("/")
    resource, _, sub = right[0].partition("/")
    plural, _, group = resource.partition(".")
    about = {"namespace": namespace, "verb": right[1], "resource": plural, "group": group, "subresource": sub}
    groups = ["system:serviceaccounts", f"system:serviceaccounts:{space}", "system:authenticated"]
    spec = {"user": f"system:serviceaccount:{space}:{name}", "groups": groups, "resourceAttributes": about}
    return bool(
        client.AuthorizationV1Api(cluster.api).create_subject_access_review({"spec": spec}).status.allowed
    )
