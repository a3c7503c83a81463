"""What may an account do? As manifests say it, or as the API server answers; each right is a verb on a resource."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from connector_sanity.part import Json

Right = tuple[str, str]
"""("jobs.batch", "create")."""
EVERYWHERE = "*"


def declared(may: Mapping[str, Sequence[str]]) -> set[Right]:
    """Return the rights of a profile's `rights.may`."""
    return {(resource, verb) for resource, verbs in may.items() for verb in verbs}


def of_rule(rule: Json) -> Iterator[Right]:
    """Yield the rights of one rule, as both RBAC and the API server's reviews write it."""
    for group in rule.get("apiGroups") or ():
        for resource in rule.get("resources") or ():
            name, _, sub = resource.partition("/")
            named = f"{name}.{group}" if group else name
            yield from ((f"{named}/{sub}" if sub else named, verb) for verb in rule["verbs"])
    for url in rule.get("nonResourceURLs") or ():
        yield from ((url, verb) for verb in rule["verbs"])


def bound(objects: Iterable[Json], account: str) -> dict[str, set[Right]]:
    """Return, by namespace, or EVERYWHERE, what the bindings among the objects give to an account.

    Args:
        objects: Manifests.
        account: namespace/name.

    Raises:
        AssertionError: when a binding gives a role that is not among the objects: nobody can tell what it allows.
    """
    found, objects = dict[str, set[Right]](), list(objects)
    roles = {_key(each): each for each in objects if each.get("kind") in ("Role", "ClusterRole")}
    for binding in objects:
        kind = binding.get("kind")
        if kind not in ("RoleBinding", "ClusterRoleBinding") or not _gives(binding, account):
            continue
        where = (
            EVERYWHERE if kind == "ClusterRoleBinding" else binding["metadata"].get("namespace", "default")
        )
        given = binding["roleRef"]
        role = roles.get((given["kind"], where if given["kind"] == "Role" else "", given["name"]))
        assert role is not None, (
            f"{kind} {binding['metadata']['name']} gives {given['kind']} {given['name']}, which is not there"
        )
        assert "aggregationRule" not in role, (
            f"ClusterRole {given['name']} is put together from others that may grow"
        )
        found.setdefault(where, set()).update(
            right for rule in role.get("rules") or () for right in of_rule(rule)
        )
    return found


def _key(role: Json) -> tuple[str, str, str]:
    about = role["metadata"]
    return role["kind"], about.get("namespace", "default") if role["kind"] == "Role" else "", about["name"]


def _gives(binding: Json, account: str) -> bool:
    namespace, name = account.split("/")
    groups = ("system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated")
    for subject in binding.get("subjects") or ():
        if subject["kind"] == "ServiceAccount":
            where = subject.get("namespace", binding["metadata"].get("namespace"))
            if (where, subject["name"]) == (namespace, name):
                return True
        elif subject["name"] in (f"system:serviceaccount:{namespace}:{name}", *groups):
            return True
    return False


def told(rights: Iterable[Right]) -> str:
    """Return them as a sentence has them."""
    return ", ".join(f"{verb} {resource}" for resource, verb in sorted(rights)) or "nothing"
