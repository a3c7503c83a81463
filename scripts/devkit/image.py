"""How does the connector become a container image? `make build_image`: without Docker, into build/image.

Builds a static program for each platform and has go/image pack it: an OCI image layout, and beside it the list of the
Go modules that are in it. `-- --push REPOSITORY` sends it to a registry, with the logins of Docker's configuration.
"""

from __future__ import annotations

import argparse
import datetime
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import yaml

from devkit import lifeline, packages, progress, toolchain
from devkit.toolchain import ROOT, ToolchainError

HOME = ROOT / "build" / "image"
LAYOUT = HOME / "layout"
MODULE = ROOT / "go" / "image"
FLAGS = ("-trimpath", "-ldflags=-s -w -buildid=")  # no paths of this machine, no symbols
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}  # Linux's name -> Go's
PLATFORM = re.compile(r"linux/(amd64|arm64)")


def name() -> str:
    """Return the image's name without a registry: the one that kustomize/base has."""
    [deployment] = yaml.safe_load_all((ROOT / "kustomize/base/deployment.yaml").read_text(encoding="utf-8"))
    return deployment["spec"]["template"]["spec"]["containers"][0]["image"].partition(":")[0]


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise ToolchainError(f"git {' '.join(words)} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def revision() -> str:
    """Return the commit that the image is made from, with -dirty when the tree differs from it."""
    return git("describe", "--always", "--dirty", "--abbrev=12", "--exclude=*")


def created() -> str:
    """Return the time that all files in the image have: $SOURCE_DATE_EPOCH, else that of the commit."""
    said = os.environ.get("SOURCE_DATE_EPOCH") or git("log", "-1", "--format=%ct")
    if not said.isdigit():
        raise ToolchainError(f"SOURCE_DATE_EPOCH={said!r}: want seconds since 1970")
    return datetime.datetime.fromtimestamp(int(said), datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def platform(text: str) -> str:
    if not PLATFORM.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r}: want linux/amd64 or linux/arm64")
    return text


def own_platform() -> str:
    machine = os.uname().machine
    return f"linux/{ARCHITECTURES.get(machine, machine)}"


def compiled(where: str, tags: str) -> Path:
    """Return the connector for a platform, built anew; Go's cache makes that quick. Raises ToolchainError."""
    tool, path = toolchain.go(), HOME / "bin" / f"connector-{where.replace('/', '-')}"
    system, _, architecture = where.partition("/")
    env = tool.env | {"CGO_ENABLED": "0", "GOOS": system, "GOARCH": architecture}
    words = [tool.command, "build", "-v", *FLAGS, f"-tags={tags}", "-o", str(path), "./cmd/connector"]
    progress.run(lifeline.argv(*words), env, ROOT / "go", f"connector for {where}", quiet=20)
    return path


def packer() -> Path:
    """Build the program that packs and pushes, and return its path; raises ToolchainError."""
    tool, path = toolchain.go(), ROOT / "build" / "bin" / "image"
    words = [tool.command, "build", "-v", "-o", str(path), "."]
    progress.run(lifeline.argv(*words), tool.env, MODULE, "image", quiet=20)
    return path


def pack(*words: str) -> str:
    """Run the packer, and return what it prints; raises ToolchainError with its own words."""
    done = subprocess.run(lifeline.argv(str(packer()), *words), stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise ToolchainError(f"image {words[0]} failed ({done.returncode}); the line above says why")
    return done.stdout.strip()


def build(platforms: list[str], tags: str = "") -> str:
    """Build the image anew into build/image, and return its name, tag and digest. Raises ToolchainError."""
    shutil.rmtree(HOME, ignore_errors=True)
    (HOME / "bin").mkdir(parents=True)
    programs = [str(compiled(each, tags)) for each in platforms]
    about = [f"--name={name()}", f"--version={packages.version()}", f"--revision={revision()}"]
    return pack("build", f"--layout={LAYOUT}", *about, f"--created={created()}", *programs)


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parser = argparse.ArgumentParser(prog="make build_image", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--platform", type=platform, action="append", help="linux/amd64, linux/arm64; repeat it for both"
    )
    parser.add_argument("--tags", default="", help="object stores: gcs, azure, or gcs,azure")
    parser.add_argument("--push", metavar="REPOSITORY", help="registry and name; the tag is the version")
    parser.add_argument("--overwrite", action="store_true", help="replace a tag that has another content")
    given = parser.parse_args(arguments)
    try:
        print(f"build/image/layout: {build(given.platform or [own_platform()], given.tags)}")
        if given.push:
            flags = ["--overwrite"] if given.overwrite else []
            print(f"pushed {pack('push', f'--layout={LAYOUT}', *flags, given.push)}")
    except (ToolchainError, subprocess.SubprocessError) as error:
        print(f"build_image: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
