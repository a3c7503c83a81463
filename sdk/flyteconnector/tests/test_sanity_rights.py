"""Is every right that an account has more, or less, than it may, found in manifests?"""

from __future__ import annotations

import copy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from sanity_profiles import profile

from connector_sanity import manifests, rights
from connector_sanity.checks import test_security_rights as checks

ROLE = {
    "kind": "Role",
    "metadata": {"name": "widgets", "namespace": "tasks"},
    "rules": [
        {"apiGroups": ["example.com"], "resources": ["widgets"], "verbs": ["create", "get", "delete"]},
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]},
    ],
}
BINDING = {
    "kind": "RoleBinding",
    "metadata": {"name": "widgets", "namespace": "tasks"},
    "roleRef": {"kind": "Role", "name": "widgets"},
    "subjects": [{"kind": "ServiceAccount", "name": "connector", "namespace": "system"}],
}
MAY = {"widgets.example.com": ["create", "get", "delete"], "pods": ["list"]}


def looked_at(folder: Path, *objects: Any) -> None:
    """Let the check read these manifests."""
    (folder / "all.yaml").write_text(yaml.safe_dump_all([*objects, None]), encoding="utf-8")
    made = profile(rights={"account": "system/connector", "manifests": ["."], "may": MAY})
    checks.test_the_manifests(SimpleNamespace(profile=made, folder=folder))  # type: ignore[arg-type]


def other(of: Any, **more: Any) -> Any:
    """Return a copy with other values."""
    return copy.deepcopy(of) | more


def test_exactly_what_the_profile_says(tmp_path: Path) -> None:
    looked_at(tmp_path, ROLE, BINDING, other(ROLE, metadata={"name": "unbound"}))


RULES: Any = ROLE["rules"]
CLUSTER = {"kind": "ClusterRole", "metadata": {"name": "widgets"}, "rules": RULES}


@pytest.mark.parametrize(
    ("objects", "says"),
    [
        ([ROLE], "no binding among the manifests gives system/connector anything"),
        ([other(ROLE, rules=RULES[:1]), BINDING], "may not list pods, which the profile's rights.may has"),
        ([other(ROLE, rules=[*RULES, RULES[1] | {"verbs": ["watch"]}]), BINDING], "may watch pods, which the profile"),
        ([other(ROLE, rules=[*RULES, RULES[1] | {"resources": ["*"]}]), BINDING], r"may list \*, which"),
        ([other(ROLE, rules=[*RULES, RULES[1] | {"resources": ["pods/log"]}]), BINDING], "may list pods/log, which"),
        ([other(ROLE, rules=[*RULES, {"nonResourceURLs": ["/metrics"], "verbs": ["get"]}]), BINDING], "get /metrics"),
        ([BINDING], "RoleBinding widgets gives Role widgets, which is not there"),
        ([CLUSTER, other(BINDING, kind="ClusterRoleBinding", roleRef={"kind": "ClusterRole", "name": "widgets"})],
         "in all namespaces; RoleBindings are enough"),
        ([ROLE, BINDING, other(BINDING, roleRef={"kind": "ClusterRole", "name": "edit"})], "ClusterRole edit, which"),
        ([CLUSTER | {"aggregationRule": {}}, other(BINDING, roleRef={"kind": "ClusterRole", "name": "widgets"})],
         "is put together from others that may grow"),
    ],
)  # fmt: skip
def test_anything_else_is_found(tmp_path: Path, objects: list[Any], says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        looked_at(tmp_path, *objects)


@pytest.mark.parametrize(
    ("subject", "given"),
    [
        ({"kind": "ServiceAccount", "name": "connector"}, False),  # of the binding's own namespace
        ({"kind": "ServiceAccount", "name": "other", "namespace": "system"}, False),
        ({"kind": "User", "name": "system:serviceaccount:system:connector"}, True),
        ({"kind": "Group", "name": "system:serviceaccounts:system"}, True),
        ({"kind": "Group", "name": "system:serviceaccounts:tasks"}, False),
        ({"kind": "Group", "name": "system:authenticated"}, True),
    ],
)
def test_whom_a_binding_means(subject: dict[str, str], given: bool) -> None:
    found = rights.bound([ROLE, other(BINDING, subjects=[subject])], "system/connector")
    assert found == ({"tasks": rights.declared(MAY)} if given else {})


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"there is no .*nowhere"):
        manifests.objects([tmp_path / "nowhere"])


def test_a_kustomization_needs_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources: []\n", encoding="utf-8")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AssertionError, match="neither kubectl nor kustomize is on PATH"):
        manifests.objects([tmp_path])


def test_a_kustomization_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources: []\n", encoding="utf-8")
    program = tmp_path / "kubectl"
    program.write_text('#!/bin/sh\n[ "$1" = kustomize ] && echo "kind: Built"\n', encoding="utf-8")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert manifests.objects([tmp_path]) == [{"kind": "Built"}]
    program.write_text("#!/bin/sh\necho 'no such base' >&2; exit 1\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="no such base"):
        manifests.objects([tmp_path])
