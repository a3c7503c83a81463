"""What does a local cluster need to run PySpark on the real Spark operator? Java, the operator, a place for an image.

`prepare()` gets all of it, the quick checks first; `Spark` then says what a cluster is to be told. Standard library
only: nox's own Python imports this, so that one sees how far it is before any test's patience ends.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devkit import cached, environment, lifeline, progress
from devkit.build import LOCAL_CLUSTER
from devkit.toolchain import Go, ToolchainError, go

HERE = LOCAL_CLUSTER / "operators" / "spark"
MODULE = "github.com/kubeflow/spark-operator/v2"
NAME = "spark-operator"  # of the program, its process and its ServiceAccount
IMAGE = "larkspur/spark:local"
JAVA = ("17", "21")
DISK = 2 * 2**30
# The JVMs of tests live for seconds: with one compiler and the simple collector they need half the CPU.
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


@dataclass(frozen=True)
class Spark:
    """What is on this machine.

    Args:
        java: JAVA_HOME.
        program: The operator with its CRDs and its rules, as `operator()` leaves them.
        python: Of the environment with PySpark.
    """

    java: Path
    program: Path
    python: Path

    @property
    def home(self) -> Path:
        """SPARK_HOME: the package brings Spark along."""
        return next(self.python.parents[1].glob("lib/python3*/site-packages/pyspark"))

    @property
    def settings(self) -> dict[str, str]:
        """What spark-submit, drivers and executors find in their environment."""
        options = dict.fromkeys(("SPARK_SUBMIT_OPTS", "SPARK_LAUNCHER_OPTS"), SHORT_LIVED)
        return {"JAVA_HOME": str(self.java), "SPARK_HOME": str(self.home), **options}

    def images(self) -> dict[str, dict[str, Any]]:
        """Return the entry of the images file."""
        image = {
            "entrypoint": [str(self.python), str(HERE / "entrypoint.py")],
            "path": [str(self.python.parent), str(self.java / "bin")],
            "env": self.settings | {"PYSPARK_PYTHON": str(self.python)},
        }
        return {IMAGE: image}

    def operator_file(self, folder: Path, namespace: str) -> Path:
        """Write into `folder` what `localcluster up --operator` reads, for jobs of a namespace; return its path."""
        flags = {
            "namespaces": namespace,
            "leader-election": "false",
            "health-probe-bind-address": "127.0.0.1:$(HEALTH)",
            "metrics-bind-address": "0",
        }
        start = [f"--{name}={value}" for name, value in flags.items()]
        described = {
            "name": NAME,
            "command": [str(self.program / NAME), "controller", "start", *start],
            "ports": ["HEALTH"],
            "ready": "http://127.0.0.1:$(HEALTH)/readyz",
            "env": self.settings
            | {
                "SPARK_LOCAL_IP": "127.0.0.1",
                "SPARK_SUBMIT_OPTS": f"{SHORT_LIVED} -Djava.io.tmpdir=$(TMPDIR)",
            },
            "apply": [
                {"path": str(self.program / "crds")},
                {"path": str(self.program / "role.yaml")},
                {"path": str(HERE / "account.yaml")},
                {"path": str(HERE / "rights.yaml"), "namespace": namespace},
            ],
            "account": {"namespace": NAME, "name": NAME},
            "leaves": "/tmp/spark",  # has the path built in
        }
        file = folder / f"{NAME}.json"  # which is YAML too
        file.write_text(json.dumps(described, indent=2))
        return file


def prepare(run: environment.Run) -> Spark:
    """Return all that is needed, after making what is missing; `run` executes a command or raises.

    Raises ToolchainError.
    """
    home = java()
    return Spark(home, operator(), environment.python(run, "spark"))


def java() -> Path:
    """Return the home of a Java that Spark runs on: JAVA_HOME's, else that of `java` on PATH."""
    named, on_path = os.environ.get("JAVA_HOME"), shutil.which("java")
    tried = []
    for origin, command in (("JAVA_HOME", named and f"{named}/bin/java"), ("PATH", on_path)):
        home, version = asked(command) if command else (None, None)
        if home and version in JAVA:
            return home
        tried.append(f"{origin} has {f'Java {version}' if version else 'none'}")
    wanted = " or ".join(JAVA)
    raise ToolchainError(
        f"PySpark needs Java {wanted}, and {', '.join(tried)}: install one, or set JAVA_HOME"
    )


def asked(command: str) -> tuple[Path | None, str | None]:
    """Return the home and the version that a java command says it has."""
    try:
        words = [command, "-XshowSettings:properties", "-version"]
        said = subprocess.run(words, capture_output=True, text=True, timeout=60).stderr
    except (OSError, subprocess.TimeoutExpired):
        return None, None
    found = dict(re.findall(r"^ *(java\.home|java\.specification\.version) = (.+)$", said, re.MULTILINE))
    home = found.get("java.home")
    return (Path(home), found.get("java.specification.version")) if home else (None, None)


def operator() -> Path:
    """Return a folder with the operator's program, its CRDs (`crds`) and its rules (`role.yaml`), from its Go module.

    Raises ToolchainError when it cannot be built.
    """
    tool, flags, named = go(), "-s -w", f"Spark operator {operator_version()}"
    product = cached.Product(NAME, named, operator_key(tool, flags), DISK, "3 to 5 minutes on 2 cores")

    def make(folder: Path) -> None:
        cached.compile_program(product, tool, HERE, f"{MODULE}/cmd/operator", folder / NAME, flags)
        where = lifeline.argv(tool.command, "list", "-m", "-f", "{{.Dir}}", MODULE)
        config = Path(progress.run(where, tool.env, HERE, product.name).stdout[0]) / "config"
        (folder / "crds").mkdir()
        for crd in (config / "crd" / "bases").glob("*.yaml"):
            shutil.copyfile(crd, folder / "crds" / crd.name)
        shutil.copyfile(config / "rbac" / "role.yaml", folder / "role.yaml")

    return cached.once(product, make)


def operator_version() -> str:
    """Return the release that is built. Raises ToolchainError when go.mod names none."""
    found = re.search(rf"^\s*{re.escape(MODULE)} (v\S+)", (HERE / "go.mod").read_text(), re.MULTILINE)
    if not found:
        raise ToolchainError(f"{HERE / 'go.mod'} requires no {MODULE}: it must name the release to build")
    return found[1]


def operator_key(tool: Go, flags: str) -> str:
    """Return 16 hex digits over everything that the operator depends on."""
    digest = hashlib.sha256(f"{tool.version} {flags}".encode())
    for name in ("go.mod", "go.sum"):
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()[:16]
