"""Where are the programs of the local cluster, and how are they built only once per machine?

`control_plane()` and `program()` return paths, and build what is missing. As a command:
`python -m devkit.build control-plane | local-cluster | connector | render` prints the path.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from devkit import lifeline, progress
from devkit.toolchain import ROOT, Go, ToolchainError, cache, go, only_one

LOCAL_CLUSTER = ROOT / "go" / "localcluster"
COMMANDS = ("etcd", "kube-apiserver", "kube-controller-manager", "kubectl")
PROGRAMS = {  # name -> (module, package)
    "localcluster": (LOCAL_CLUSTER, "./cmd/localcluster"),
    "connector": (ROOT / "go", "./cmd/connector"),
    "render": (ROOT / "go", "./cmd/render"),
    "bench": (ROOT / "go", "./bench"),
}
KEPT = 4
DISK = 6 * 2**30  # bytes: Go's build cache of Kubernetes, its sources, the binary


def kubernetes_version() -> str:
    """Return the Kubernetes release that go.mod names, like "v1.36.3"."""
    found = re.search(r"^\s*k8s\.io/kubernetes (v\S+)", (LOCAL_CLUSTER / "go.mod").read_text(), re.MULTILINE)
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
        LOCAL_CLUSTER / "go.mod",
        LOCAL_CLUSTER / "go.sum",
        *sorted((LOCAL_CLUSTER / "cmd/controlplane").glob("*.go")),
    ]
    for source in sources:
        digest.update(f"\0{source.name}\0".encode() + source.read_bytes())
    return digest.hexdigest()[:16]


def control_plane() -> Path:
    """Return a folder with etcd, kube-apiserver, kube-controller-manager and kubectl (fit for KUBEBUILDER_ASSETS).

    Built by the first process that asks; a second one waits for it. Raises ToolchainError when it cannot be built.
    """
    tool, flags = go(), link_flags(kubernetes_version())
    home = cache() / "controlplane"
    done = home / control_plane_key(tool, flags)
    if done.is_dir():
        done.touch()  # says when it was last used
        return done
    with only_one(
        home / f"{done.name}.lock", "another process is building the control plane; waiting for it"
    ):
        if done.is_dir():
            return done
        for old in home.glob(f".{done.name}.*"):  # of a build that was killed
            shutil.rmtree(old)
        partial = home / f".{done.name}.{os.getpid()}"
        partial.mkdir()
        try:
            build_control_plane(tool, flags, partial)
            partial.rename(done)
            drop_old(home)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return done


def assets(programs: Iterable[str]) -> Path:
    """Return the folder that KUBEBUILDER_ASSETS names if it has all `programs`, else that of our own control plane."""
    named = Path(os.environ.get("KUBEBUILDER_ASSETS") or os.devnull).absolute()
    missing = [name for name in programs if not (named / name).exists()]
    if not missing:
        return named
    if named.is_dir():
        print(f"KUBEBUILDER_ASSETS={named} lacks {', '.join(missing)}: taking our own build", file=sys.stderr)
    return control_plane()


def build_control_plane(tool: Go, flags: str, folder: Path) -> None:
    """Build the one binary into `folder` and link its names to it, with progress on stderr."""
    name = f"Kubernetes {kubernetes_version()} control plane"
    announce(name, last_time())
    started = time.monotonic()
    listing = lifeline.argv(tool.command, "list", "-deps", "./cmd/controlplane")
    packages = progress.run(listing, tool.env, LOCAL_CLUSTER, f"{name}: sources")
    target = ["-o", str(folder / "controlplane"), "./cmd/controlplane"]
    command = [tool.command, "build", "-v", "-ldflags", flags, *target]
    built = progress.run(lifeline.argv(*command), tool.env, LOCAL_CLUSTER, name, at_most=len(packages.stdout))
    for link in COMMANDS:
        (folder / link).symlink_to("controlplane")
    note = {"controlplane": {"seconds": round(time.monotonic() - started), "packages": len(built.stderr)}}
    draft = cache() / f"times.{os.getpid()}.json"
    draft.write_text(json.dumps(note) + "\n")
    draft.replace(cache() / "times.json")


def last_time() -> dict[str, int] | None:
    """Return how long the last build of the control plane took, if a readable note says so."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        note = json.loads((cache() / "times.json").read_text())["controlplane"]
        return {name: int(note[name]) for name in ("seconds", "packages")}
    return None


def drop_old(home: Path) -> None:
    """Keep the control planes that were used last: each is 160 MB, and editing go.mod asks for another."""
    used = sorted((path for path in home.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
    for folder in used[:-KEPT]:
        shutil.rmtree(folder)


def announce(name: str, last: dict[str, int] | None) -> None:
    """Say what will be built, where, and for how long; raises ToolchainError when the disk is too small."""
    cache().mkdir(parents=True, exist_ok=True)
    if (free := shutil.disk_usage(cache()).free) < DISK:
        have = f"{cache()} has {free / 2**30:.1f}"
        raise ToolchainError(
            f"building the {name} needs {DISK >> 30} GiB of disk, and {have}: free some there"
        )
    long = "8 to 12 minutes on 2 cores when Go has not compiled it before"
    if last:
        long = f"it took {progress.clock(last['seconds'])} for {last['packages']} packages last time here"
    print(
        f"building the {name} from source, once per machine, into {cache()} ({long})",
        file=sys.stderr,
        flush=True,
    )


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
