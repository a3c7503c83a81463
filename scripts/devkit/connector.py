"""How does a Python program run our connector against a cluster, as the ServiceAccount that it would have in one?"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import yaml

from devkit import build, process
from devkit.cluster import LAST_LOGS, NAMESPACE, LocalCluster, bin_folder
from devkit.process import Child, ChildError, Say

HOME_NAMESPACE, ACCOUNT = "larkspur-system", "larkspur-connector"
START_PATIENCE = 30.0  # seconds until it serves
# How long a task runs on that nobody asks about. A local run asks twice a second; a killed one sends no delete.
LEASE = "60s"


def kubeconfig(cluster: LocalCluster, path: Path) -> Path:
    """Write a kubeconfig with a token of the connector's ServiceAccount, so that its Role is all it can use."""
    token = cluster.kubectl("-n", HOME_NAMESPACE, "create", "token", ACCOUNT, "--duration=24h").strip()
    config = yaml.safe_load(cluster.kubeconfig.read_text())
    config["users"] = [{"name": ACCOUNT, "user": {"token": token}}]
    for context in config["contexts"]:
        context["context"]["user"] = ACCOUNT
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(config))
    return path


class Connector:
    """`build/bin/connector`, as a child on 127.0.0.1.

    Args:
        cluster: Where its tasks run.
        folder: The run's folder.
        name: Of its files there; each connector of a cluster needs its own.
        flags: More flags of the program, without their dashes, or other values for those that are set here.

    Attributes:
        address: host:port, the same after a restart.
    """

    def __init__(
        self, cluster: LocalCluster, folder: Path, name: str = "connector", **flags: str | Path
    ) -> None:
        self._cluster, self._folder, self._name, self._flags = cluster, folder, name, flags
        self.log = folder / f"{name}.log"
        self.address = "127.0.0.1:0"

    def __enter__(self) -> Self:
        self._program = build.program("connector")
        self._kubeconfig = kubeconfig(self._cluster, self._folder / f"{self._name}.kubeconfig")
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        with process.uninterrupted():
            self._child.stop(15)
            LAST_LOGS.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):
                shutil.copy(self.log, LAST_LOGS / self.log.name)

    def start(self) -> None:
        """Start it, and return when it serves; raises ChildError with the end of its log when it does not."""
        file = self._folder / f"{self._name}.address"
        file.unlink(missing_ok=True)
        pod = "{{.Namespace}}_{{.Pod}}_{{.PodUID}}"
        flags = {
            "listen": self.address,
            "kubeconfig": self._kubeconfig,
            "namespaces": NAMESPACE,
            "address-file": file,
            "log-url": f"file://{self._cluster.pods}/{pod}/{{{{.Container}}}}/0.log",
            "local-lease": LEASE,
            # Our node replaces the path by the real one in variables, but there is no such file.
            "env": "FLYTECONNECTOR_TERMINATION_LOG=/dev/termination-log",
        } | {name.replace("_", "-"): value for name, value in self._flags.items()}
        command = [str(self._program), *(f"--{name}={value}" for name, value in flags.items())]
        self._child = Child("the connector", command, log=self.log)
        deadline = time.monotonic() + START_PATIENCE
        while not file.exists():
            if not self._child.alive() or time.monotonic() > deadline:
                self._child.stop(5)
                words = self.log.read_text(errors="replace").splitlines()[-20:]
                raise ChildError("\n".join(["the connector does not serve; the end of its log:", *words]))
            time.sleep(0.02)
        self.address = file.read_text().strip()

    def alive(self) -> bool:
        return self._child.alive()

    def kill9(self) -> None:
        """SIGKILL it: no graceful end, no last answer."""
        self._child.kill9()

    def restart(self) -> None:
        """Start it again on the same port."""
        self._child.stop(15)
        self.start()

    def pyflyte(self, *words: str, say: Say | None = None) -> Child:
        """Start `pyflyte WORDS` in the background, with this connector as its endpoint; the caller stops it."""
        command = [str(Path(bin_folder()) / "pyflyte"), *words]
        env = os.environ | {"FLYTECONNECTOR_ENDPOINT": self.address}
        return Child(f"pyflyte {words[0]}", command, env=env, say=say)
