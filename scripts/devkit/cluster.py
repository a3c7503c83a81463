"""How does a Python program get a Kubernetes cluster, and be sure that it ends?

`with LocalCluster(folder) as cluster:` starts one in the background; `cluster.wait()` returns when pods can run. As a
command (`python -m devkit.cluster FOLDER …`) this module builds what is missing and *becomes* the localcluster
program, so that one child is both, and can be stopped in either.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml

from devkit import build, operators, process
from devkit.process import Child, ChildError, Say
from devkit.toolchain import ROOT, ToolchainError

NAMESPACE = "flytesnacks-development"  # where the tasks of the examples run
MANIFESTS = ROOT / "kustomize" / "overlays" / "local"
LAST_LOGS = ROOT / "build" / "logs"
# References of images whose programs are those of this Python environment.
IMAGES = ("cr.flyte.org/flyteorg/flytekit:*", "larkspur/task:local")
OPERATOR_PATIENCE = 90.0  # seconds until one has ended, or is ready
BUILD_PATIENCE = 3600.0  # seconds; when the programs are there, the cluster needs some 6


@functools.cache
def binaries() -> Path:
    """Return the folder with etcd and the Kubernetes programs; raises ToolchainError when they cannot be built."""
    return build.assets(build.COMMANDS)


class LocalCluster:
    """A cluster of plain processes on 127.0.0.1, whose node runs pods as processes.

    Args:
        folder: The run's folder (`devkit.runs.folder`).
        say: Gets the lines of progress.
        manifests: What to apply before pods can run.
        operators: Files that describe an operator each, beside those of `devkit.operators`, which all clusters have.
        images: More entries of the images file.
        name: Of the folder with its logs that stays.
        bare: The control plane alone: no node, no operators, and no controller that makes pods.
    """

    def __init__(
        self,
        folder: Path,
        say: Say | None = None,
        manifests: tuple[Path, ...] = (MANIFESTS,),
        operators: tuple[Path, ...] = (),
        images: Mapping[str, dict[str, Any]] | None = None,
        name: str = "cluster",
        bare: bool = False,
    ) -> None:
        self.folder, self.state, self._name, self._bare = folder, folder / "state", name, bare
        self._say, self._stopping = say, False
        self._flags = [word for path in manifests for word in ("--apply", str(path))]
        self._flags += [word for path in operators for word in ("--operator", str(path))]
        self._images = {image: {"path": [bin_folder()]} for image in IMAGES} | dict(images or {})
        self.ready: dict[str, Any] = {}

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "devkit.cluster", "--state", str(self.state)]
        if self._bare:
            self._flags.append("--bare")
        else:
            self.know({})
            self._flags += ["--images", str(self.folder / "images.yaml")]
            for operator in operators.found():
                self._flags += ["--operator", str(operator.described(self.folder))]
        self._child = Child("the local cluster", [*command, *self._flags], say=self._say)
        threading.Thread(target=self._mourn, daemon=True).start()
        return self

    def _mourn(self) -> None:
        """End this process, in order, when the cluster ends by itself: what waits for a pod would wait for ever."""
        self._child.wait()
        if self.ready and not self._stopping:
            print("\n".join(["the local cluster has ended by itself:", *self._child.tail]), file=sys.stderr)
            os.kill(os.getpid(), signal.SIGTERM)

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._stopping = True
        with process.uninterrupted():
            with contextlib.suppress(FileNotFoundError):
                shutil.copytree(self.state / "logs", LAST_LOGS / self._name, dirs_exist_ok=True)
            self._child.stop()

    def wait(self) -> dict[str, Any]:
        """Return what the cluster said when it was ready; raises ChildError when it ended instead."""
        if not self.ready:
            line = self._child.stdout.readline()
            if not line:
                self._child.wait(BUILD_PATIENCE)
                raise ChildError("\n".join(["the local cluster did not start:", *self._child.tail]))
            self.ready = json.loads(line)
        return self.ready

    def know(self, images: Mapping[str, dict[str, Any]]) -> None:
        """Let the node run these images, too, from now on; the form is that of the images file."""
        self._images |= images
        new = self.folder / "images.new"
        new.write_text(yaml.safe_dump({"images": self._images}))
        new.replace(self.folder / "images.yaml")  # at once, because the node reads it whenever a pod comes

    def alive(self) -> bool:
        return self._child.alive()

    @contextlib.contextmanager
    def without(self, operator: str) -> Iterator[None]:
        """Keep an operator down while the enclosed code runs; afterwards it is ready again."""
        folder = Path(self.ready["operators"][operator])
        (folder / "down").touch()
        try:
            self._await(lambda: not (folder / "pid").exists(), f"{operator} still runs")
            yield
        finally:
            (folder / "down").unlink()
            self._await((folder / "pid").exists, f"{operator} is not ready again")

    def _await(self, true: Callable[[], bool], problem: str) -> None:
        deadline = time.monotonic() + OPERATOR_PATIENCE
        while not true():
            if not self.alive() or time.monotonic() > deadline:
                raise ChildError("\n".join([f"{problem}; the cluster said:", *self._child.tail]))
            time.sleep(0.05)

    @property
    def kubeconfig(self) -> Path:
        """The administrator's."""
        return Path(self.ready["kubeconfigs"]["admin"])

    @property
    def pods(self) -> Path:
        """The folder with the pods' logs: <namespace>_<pod>_<uid>/<container>/0.log."""
        return Path(self.ready["pods"])

    @property
    def kubectl_cache(self) -> Path:
        """Where kubectl may keep what it has learnt about this cluster; its default would outlive the cluster."""
        return self.folder / "kubectl"

    def kubectl_command(self, *arguments: str) -> list[str]:
        settings = [f"--kubeconfig={self.kubeconfig}", f"--cache-dir={self.kubectl_cache}"]
        return [str(binaries() / "kubectl"), *settings, *arguments]

    def kubectl(self, *arguments: str) -> str:
        """Run kubectl as the administrator and return what it printed; raises ChildError with what it complained of."""
        done = subprocess.run(self.kubectl_command(*arguments), capture_output=True, text=True)
        if done.returncode != 0:
            raise ChildError(
                f"kubectl {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}"
            )
        return done.stdout

    def get(self, kinds: str, *arguments: str, namespace: str = NAMESPACE) -> list[dict[str, Any]]:
        """Return objects, for example `get("jobs,pods", "-l", "app=x")`."""
        return json.loads(self.kubectl("-n", namespace, "get", kinds, "-o", "json", *arguments))["items"]


def bin_folder() -> str:
    """Return the folder with this environment's programs; not resolved, since a venv's python is a link out of it."""
    return str(Path(sys.executable).parent)


def main(arguments: list[str]) -> int:
    """Build what is missing, then become the localcluster program."""
    process.unwind_on_sigterm()
    try:
        assets, program = binaries(), build.program("localcluster")
    except (ToolchainError, subprocess.SubprocessError) as error:
        print(error, file=sys.stderr)
        return 1
    os.execv(program, [str(program), "up", "--bin", str(assets), *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
