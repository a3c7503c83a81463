"""Does connector-sanity look at our plugins with exactly the account that the manifests have?"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from devkit import sanity_targets
from devkit.sanity_targets import BINDING, PROFILES, Target

FOUND = [Target(path.stem, "", path) for path in PROFILES.glob("*.yaml") if "golden" not in path.stem]


@pytest.mark.parametrize("target", FOUND, ids=lambda target: target.name)
def test_the_account_is_bound_in_the_namespace_of_its_tasks_and_nowhere_else(target: Target, tmp_path: Path):
    home = sanity_targets.write(tmp_path, target)
    space, binding = yaml.safe_load_all((home / "namespace.yaml").read_text())
    kustomization = yaml.safe_load((home / "kustomization.yaml").read_text())
    assert space["metadata"] == {"name": target.namespace, "labels": {"flyte-conformance": "allowed"}}
    assert binding["metadata"]["namespace"] == target.namespace
    assert binding["roleRef"] == yaml.safe_load(BINDING.read_text())["roleRef"]
    account = target.read()["rights"]["account"].split("/")[1]
    assert binding["subjects"][0]["name"] + kustomization["nameSuffix"] == account


def test_no_two_share_a_namespace_or_an_account():
    assert len({target.namespace for target in FOUND}) == len(FOUND) >= 1
    assert len({target.read()["rights"]["account"] for target in FOUND}) == len(FOUND)


@pytest.mark.parametrize("target", FOUND, ids=lambda target: target.name)
def test_what_is_built_on_is_there(target: Target, tmp_path: Path):
    home = sanity_targets.write(tmp_path, target)
    for name in yaml.safe_load((home / "kustomization.yaml").read_text())["resources"]:
        assert (home / name).exists()
