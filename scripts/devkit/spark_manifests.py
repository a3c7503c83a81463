"""Which manifests of the Spark operator are made and not checked in? They come from its Go module, by version.

As a command (`python -m devkit.spark_manifests`) it makes them, and says where. Standard library only: nox's own Python
imports it.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from devkit import lifeline, progress
from devkit.toolchain import ROOT, ToolchainError, go

MADE = ROOT / "kustomize" / "operator" / "made"
# What the operator needs without its webhook. Tasks of this book have no use for that: the plugin writes pod templates.
PARTS = (
    "crd/bases/*.yaml",
    "manager/manager.yaml",
    "manager/serviceaccount.yaml",
    "rbac/role.yaml",
    "rbac/clusterrolebinding.yaml",
    "rbac/leader-election-role.yaml",
    "rbac/rolebinding.yaml",
)
KUSTOMIZATION = """\
# Made by `make build`, from the Go module of the Spark operator {version}. The webhook is left out.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: spark-operator
resources:
{resources}
images:
  - name: ghcr.io/kubeflow/spark-operator/controller
    newTag: "{version}"
patches:
  - target: {{kind: Deployment, name: spark-operator-controller}}
    patch: |
      - {{op: test, path: /spec/template/spec/containers/0/env/0/name, value: OPERATOR_VERSION}}
      - {{op: replace, path: /spec/template/spec/containers/0/env/0/value, value: "{version}"}}
"""


def module() -> Path:
    """Return the folder with the sources of the Spark operator, which has its CRDs; downloads it when it is missing.

    Raises ToolchainError when it cannot be had.
    """
    tool, here = go(), ROOT / "go" / "localcluster" / "operators" / "spark"
    command = [tool.command, "mod", "download", "-json", "github.com/kubeflow/spark-operator/v2"]
    said = progress.run(lifeline.argv(*command), tool.env, here, "the Spark operator's module").stdout
    return Path(json.loads("\n".join(said))["Dir"])


def make() -> Path:
    """Copy the operator's own manifests into kustomize/operator/made, anew, and return that folder.

    Raises ToolchainError when the module cannot be had, or has other files than the release that this was written for.
    """
    source = module()
    found = re.search(r"@v(\d+\.\d+\.\d+)$", source.name)
    if not found:
        raise ToolchainError(f"{source}: want a folder v2@vX.Y.Z, whose name says which release it is")
    shutil.rmtree(MADE, ignore_errors=True)
    MADE.mkdir(parents=True)
    names = []
    for part in PARTS:
        files = sorted((source / "config").glob(part))
        if not files:
            raise ToolchainError(f"{source}/config has no {part}: does this release have it elsewhere?")
        for file in files:
            names.append(f"{file.parent.name}-{file.name}")  # rbac and manager may use a name twice
            shutil.copyfile(file, MADE / names[-1])
    resources = "\n".join(f"  - {name}" for name in names)
    (MADE / "kustomization.yaml").write_text(KUSTOMIZATION.format(version=found[1], resources=resources))
    return MADE


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        print(make().relative_to(ROOT))
    except (ToolchainError, subprocess.SubprocessError) as error:
        print(f"spark_manifests: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
