"""Which operators run on every local cluster, and how are they built? Those of go/localcluster/operators.

A folder with an `operator.toml` is one: its go.mod pins the operator's own Go module, and the file says what is built
from it, what is applied, and how it starts. A new folder is enough. (The Spark operator has none: it needs Java, and
runs where Spark is asked for.) Standard library only: nox's own Python imports this.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from devkit import cached, lifeline, progress
from devkit.build import LOCAL_CLUSTER
from devkit.toolchain import Go, ToolchainError, go

HOME = LOCAL_CLUSTER / "operators"
FILE = "operator.toml"
FLAGS = "-s -w"
DISK = 2 * 2**30


@dataclass(frozen=True)
class Operator:
    """What an operator.toml says.

    Args:
        home: The folder that it lies in. Every YAML file of the folder is applied.
        module: The operator's Go module, whose release stands in the folder's go.mod.
        package: Its program, which go.mod names as a tool.
        crds: File or folder of the module with its CustomResourceDefinitions.
        role: File or folder of the module with the rules of its ServiceAccount.
        start: Its command. $(PROGRAM), $(PYTHON) and $(HERE), the folder, are known here; $(NAME) of `ports` and of its
            environment in the cluster.
        ports: Names of free ports that it gets.
        ready: URL that answers 200 when it works.
        account: NAMESPACE/NAME of its ServiceAccount.
    """

    home: Path
    module: str
    package: str
    crds: str
    role: str
    start: list[str]
    ports: list[str]
    ready: str
    account: str

    @property
    def name(self) -> str:
        return self.home.name

    def made(self) -> Path:
        """Return a folder with its `program`, its `crds` and its `role`, after building what is missing.

        Raises ToolchainError.
        """
        tool = go()
        digest = hashlib.sha256(f"{tool.version} {FLAGS}".encode())
        for name in ("go.mod", "go.sum", FILE):
            digest.update((self.home / name).read_bytes())
        release = re.search(
            rf"^\s*(?:require )?{re.escape(self.module)} (v\S+)", (self.home / "go.mod").read_text(), re.M
        )
        if not release:
            raise ToolchainError(
                f"{self.home / 'go.mod'} requires no {self.module}: it must name the release"
            )
        product = cached.Product(
            f"operator-{self.name}",
            f"{self.name} operator {release[1]}",
            digest.hexdigest()[:16],
            DISK,
            "minutes",
        )
        return cached.once(product, lambda folder: self._make(product, tool, folder))

    def _make(self, product: cached.Product, tool: Go, folder: Path) -> None:
        cached.compile_program(product, tool, self.home, self.package, folder / "program", FLAGS)
        where = lifeline.argv(tool.command, "list", "-m", "-f", "{{.Dir}}", self.module)
        module = Path(progress.run(where, tool.env, self.home, product.name).stdout[0])
        for target, source in (("crds", self.crds), ("role", self.role)):
            (folder / target).mkdir()
            files = (
                [module / source] if (module / source).is_file() else sorted((module / source).glob("*.yaml"))
            )
            if not files:
                raise ToolchainError(
                    f"{self.home / FILE}: {target} = {source!r}: the module has no such YAML file"
                )
            for file in files:
                shutil.copyfile(file, folder / target / file.name)

    def described(self, folder: Path) -> Path:
        """Write into `folder` what `localcluster up --operator` reads; return the file."""
        made, (namespace, name) = self.made(), self.account.split("/")
        known = {"PROGRAM": made / "program", "PYTHON": sys.executable, "HERE": self.home}
        words = [re.sub(r"\$\((\w+)\)", lambda m: str(known.get(m[1], m[0])), word) for word in self.start]
        own = [self.home / file.name for file in sorted(self.home.glob("*.yaml"))]
        text = {
            "name": self.name,
            "command": words,
            "ports": self.ports,
            "ready": self.ready,
            "apply": [{"path": str(path)} for path in (made / "crds", made / "role", *own)],
            "account": {"namespace": namespace, "name": name},
        }
        file = folder / f"{self.name}.json"  # which is YAML too
        file.write_text(json.dumps(text, indent=2))
        return file


def read(file: Path) -> Operator:
    """Read an operator.toml; raises ToolchainError with what is wrong in it."""
    try:
        said: dict[str, Any] = tomllib.loads(file.read_text())
    except tomllib.TOMLDecodeError as error:
        raise ToolchainError(f"{file}: {error}") from None
    wanted = {field.name for field in fields(Operator)} - {"home"}
    if wrong := sorted(wanted ^ set(said)):
        raise ToolchainError(
            f"{file}: want exactly {', '.join(sorted(wanted))}; missing or unknown: {', '.join(wrong)}"
        )
    if not re.fullmatch(r"[-a-z0-9]+/[-a-z0-9]+", said["account"]):
        raise ToolchainError(
            f"{file}: account = {said['account']!r}: want NAMESPACE/NAME of a ServiceAccount"
        )
    return Operator(home=file.parent, **said)


def found() -> list[Operator]:
    """Return the operators of this repository; none, where nobody has added one."""
    return [read(file) for file in sorted(HOME.glob(f"*/{FILE}"))]


def kinds() -> dict[str, str]:
    """Return what Go's tests read from their environment: which kinds their API server serves."""
    folders = [str(operator.made() / "crds") for operator in found()]
    return {"OPERATOR_CRDS": os.pathsep.join(folders)} if folders else {}
