"""Where are the programs of the local cluster, and how are they built only once per machine?

`control_plane()` and `program()` return paths, and build what is missing. As a command:
`python -m devkit.build control-plane | local-cluster | connector | render` prints the path.
"""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from devkit import cached, lifeline, progress
from devkit.toolchain import ROOT, Go, ToolchainError, go

LOCAL_CLUSTER = ROOT / "go" / "localcluster"
MODULE_FILE = LOCAL_CLUSTER / "go.mod"
COMMANDS = ("etcd", "kube-apiserver", "kube-controller-manager", "kubectl")
PROGRAMS = {  # name -> (module, package)
    "localcluster": (LOCAL_CLUSTER, "./cmd/localcluster"),
    "connector": (ROOT / "go", "./cmd/connector"),
    "render": (ROOT / "go", "./cmd/render"),
    "bench": (ROOT / "go", "./bench"),
}
DISK = 6 * 2**30  # bytes: Go's build cache of Kubernetes, its sources, the binary


def kubernetes_version() -> str:
    """Return the Kubernetes release that go.mod names, like "v1.36.3"."""
    found = re.search(r"^\s*k8s\.io/kubernetes (v\S+)", MODULE_FILE.read_text(), re.MULTILINE)
    if not found:
        raise ToolchainError(
            "go/localcluster/go.mod requires no k8s.io/kubernetes: it must name the release to build"
        )
    return found[1]


def link_flags(version: str) -> str:
    """Return -ldflags that strip the binary and tell it the version, which `go build` alone leaves at v0.0.0-master."""
    major, minor = version.lstrip("v").split(".")[:2]
    values = {"gitVersion": version, "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    return " ".join(
        ["-s -w"] + [f"-X {package}.{name}={value}" for package in packages for name, value in values.items()]
    )


def control_plane_key(tool: Go, flags: str) -> str:
    """Return 16 hex digits over everything that the binary depends on."""
    digest = hashlib.sha256(f"{tool.version} {flags}".encode())
    sources = [
        MODULE_FILE,
        LOCAL_CLUSTER / "go.sum",
        *sorted((LOCAL_CLUSTER / "cmd/controlplane").glob("*.go")),
    ]
    for source in sources:
        digest.update(f"\0{source.name}\0".encode() + source.read_bytes())
    return digest.hexdigest()[:16]


def control_plane() -> Path:
    """Return a folder with etcd, kube-apiserver, kube-controller-manager and kubectl (fit for KUBEBUILDER_ASSETS).

    Raises ToolchainError when it cannot be built.
    """
    version = kubernetes_version()
    tool, flags = go(), link_flags(version)
    long = "8 to 12 minutes on 2 cores"
    name = f"Kubernetes {version} control plane"
    product = cached.Product("controlplane", name, control_plane_key(tool, flags), DISK, long)

    def make(folder: Path) -> None:
        target = folder / "controlplane"
        cached.compile_program(product, tool, LOCAL_CLUSTER, "./cmd/controlplane", target, flags)
        for link in COMMANDS:
            (folder / link).symlink_to(target.name)

    return cached.once(product, make)


def assets(programs: Iterable[str]) -> Path:
    """Return the folder that KUBEBUILDER_ASSETS names if it has all `programs`, else that of our own control plane.

    Raises ToolchainError where neither is to be had: not every copy of the repository has the local cluster.
    """
    named = Path(os.environ.get("KUBEBUILDER_ASSETS") or os.devnull).absolute()
    missing = [name for name in programs if not (named / name).exists()]
    if not missing:
        return named
    if named.is_dir():
        print(f"KUBEBUILDER_ASSETS={named} lacks {', '.join(missing)}: taking our own build", file=sys.stderr)
    if not MODULE_FILE.exists():
        raise ToolchainError(
            f"KUBEBUILDER_ASSETS must name a folder with {', '.join(missing)}; setup-envtest of Kubernetes' "
            "controller-runtime fetches them"
        )
    return control_plane()


def compiled(tool: Go, module: Path, tags: Iterable[str], packages: list[str]) -> None:
    """Compile packages and their tests, with progress, so that what comes next is quick and need not be explained.

    `go list -export` compiles without linking, and takes folders that hold nothing but tests, which `go build` refuses.
    Raises ToolchainError with the compiler's words.
    """
    command = [tool.command, "list", "-v", "-test", "-deps", "-export", f"-tags={','.join(tags)}", *packages]
    progress.run(
        lifeline.argv(*command), tool.env, module, f"compile {module.relative_to(ROOT)} and its tests"
    )


def program(name: str) -> Path:
    """Build one of our own programs into build/bin (Go's cache makes the second time quick) and return its path.

    Raises ToolchainError when it does not compile; the compiler's messages are on stderr.
    """
    module, package = PROGRAMS[name]
    tool, path = go(), ROOT / "build" / "bin" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    progress.run(
        lifeline.argv(tool.command, "build", "-v", "-o", str(path), package), tool.env, module, name, quiet=20
    )
    return path


def everything() -> None:
    """Build the programs that are there, and what the local cluster needs, if that is there; raises ToolchainError."""
    if MODULE_FILE.exists():
        assets(COMMANDS)
    for name, (module, package) in PROGRAMS.items():
        if (module / package).is_dir():
            program(name)


def main(name: str) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        print(control_plane() if name == "control-plane" else program(name.replace("-", "")))
    except (ToolchainError, subprocess.SubprocessError) as error:
        print(f"build: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
