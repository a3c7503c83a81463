"""Which connectors does connector-sanity look at here, and which accounts do they need in the cluster?"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

# part:spark begin
from devkit import spark_manifests

# part:spark end
from devkit.toolchain import ROOT

PROFILES = ROOT / "sdk" / "flytekitplugins-larkspur" / "sanity"
KUSTOMIZE = ROOT / "kustomize"
BINDING = KUSTOMIZE / "components" / "namespaced-rbac" / "rolebinding.yaml"
ALLOWED = "flyte-conformance"  # the label by which a namespace lets the kit work


@dataclass(frozen=True)
class Target:
    """A connector that is looked at.

    Args:
        name: A word.
        title: What it is.
        profile: The kit's file about it.
        components: Components of kustomize/ with more rights.
    """

    name: str
    title: str
    profile: Path
    components: tuple[str, ...] = ()

    def read(self) -> dict[str, Any]:
        """Return the profile's content."""
        content: dict[str, Any] = yaml.safe_load(self.profile.read_text(encoding="utf-8"))
        return content

    @property
    def namespace(self) -> str:
        """Return the namespace of its tasks."""
        return str(self.read().get("namespace", "connector-sanity"))


def ours() -> list[Target]:
    """Return the targets that are plugins of this repository; what they need beside programs is made."""
    found = []
    # part:job begin
    found.append(Target("job", "our connector in Go, with tasks as Jobs", PROFILES / "job.yaml"))
    # part:job end
    # part:spark begin
    spark_manifests.make()
    found.append(
        Target(
            "spark",
            "our connector in Go, with tasks on Spark",
            PROFILES / "spark.yaml",
            ("components/spark",),
        )
    )
    # part:spark end
    return found


def write(folder: Path, target: Target) -> Path:
    """Write a kustomization and return its folder: the target's namespace, its account, and its rights there.

    The account's name begins as that of the manifests; what the profile appends is appended to that of its rights, too.
    """
    home = folder / f"manifests-{target.name}"
    home.mkdir(parents=True)
    binding = yaml.safe_load(BINDING.read_text(encoding="utf-8"))
    about = {"name": target.namespace, "labels": {ALLOWED: "allowed"}}
    objects = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": about},
        binding | {"metadata": binding["metadata"] | {"namespace": target.namespace}},
    ]
    (home / "namespace.yaml").write_text(yaml.safe_dump_all(objects), encoding="utf-8")
    account = target.read()["rights"]["account"].split("/")[1]
    kustomization = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "nameSuffix": account.removeprefix(binding["subjects"][0]["name"]),
        "resources": [place(home, "account"), place(home, "rights"), "namespace.yaml"],
        "components": [place(home, part) for part in target.components],
    }
    (home / "kustomization.yaml").write_text(yaml.safe_dump(kustomization), encoding="utf-8")
    return home


def place(home: Path, part: str) -> str:
    """Return a path of kustomize/, seen from a folder."""
    return os.path.relpath(KUSTOMIZE / part, home.resolve())
