"""What becomes of the sidecar of `@improved_python_task`? Each way in which a task can end, on a local cluster.

`make sidecar`. Ends with 0 only if the tasks return what they should and nothing is left behind.
"""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from rich.console import Console

from devkit import process, runs
from devkit.cluster import LocalCluster, bin_folder
from devkit.process import ChildError
from devkit.toolchain import ROOT, ToolchainError

EXAMPLES = ROOT / "examples"
HONEST = (
    "Real here: etcd, the Kubernetes API server and controller manager, flytekit. Ours: the node, which runs a pod's "
    "containers as plain processes, and what plays Flyte: it creates the pod, looks at it, and deletes it."
)
# What our node runs for the sidecar's image: the module, with the Python of this environment.
SERVICE = {
    "entrypoint": ["python", "-m", "sidecar.service"],
    "path": [bin_folder()],
    "env": {"PYTHONPATH": str(EXAMPLES)},
}
PLANES = ["N14228", "N24211"]
WATCHED = 5  # seconds for which one looks at a pod that does not end
PATIENCE = 60.0  # seconds
WIDTH = 122


class Scenes:
    """Runs tasks as pods, one after the other, and tells what becomes of their containers."""

    def __init__(self, console: Console, cluster: LocalCluster) -> None:
        sys.path.insert(0, str(EXAMPLES))
        from sidecar import fleet, improved, plain

        from devkit.plain_pod import PlainPod

        cluster.know({improved.IMAGE: SERVICE})
        self._console, self._name = console, improved.NAME
        self._pod = lambda task, **inputs: PlainPod(cluster, task, inputs, cluster.folder)
        self._fleet, self._plain = fleet, plain

    def serves(self) -> None:
        self._title("1  It serves its task (examples/sidecar/fleet.py, seats)")
        with self._pod(self._fleet.seats, tailnums=PLANES) as pod:
            with contextlib.redirect_stdout(io.StringIO()):  # the task prints, too
                here = self._fleet.seats(tailnums=PLANES)
            found = pod.result()
            if found != here:
                raise ChildError(f"the task returned {found}, and in this process {here}")
            self._say("the task returns", f"{found}, as it does without a pod")
            self._over(pod)

    def task_fails(self) -> None:
        from flyteconnector.flyte1 import RemoteUserError

        self._title("2  The task raises (age)")
        with self._pod(self._fleet.age, tailnum="N0000") as pod:
            try:
                raise ChildError(f"a task that should fail returned {pod.result()}")
            except RemoteUserError as error:
                self._say("the task raises", error.summary)
            self._over(pod)

    def aborted(self) -> None:
        self._title("3  The task is aborted while it runs (loiter)")
        with self._pod(self._fleet.loiter, minutes=10) as pod:
            _until(lambda: "John F Kennedy" in pod.log("primary"))
            self._say("the pod is deleted", f"and gone after {pod.abort():.1f} s")
            self._left(pod)

    def second_container(self) -> None:
        self._title("4  For comparison: an ordinary second container (examples/sidecar/plain.py)")
        for task in (self._plain.beside, self._plain.led):
            with self._pod(task, airline="UA") as pod:
                _until(lambda pod=pod: "primary" in _ended(pod))
                time.sleep(WATCHED)
                on = [one for one in ("primary", self._name) if one not in _ended(pod)]
                words = f"{pod.phase().name}, and still runs: {', '.join(on) or 'nothing'}"
                self._say(
                    task.name.rpartition(".")[2], f"{WATCHED} s after the task's end Flyte sees {words}"
                )

    def _over(self, pod: Any) -> None:
        _until(lambda: pod.object()["status"]["phase"] in ("Succeeded", "Failed"))
        status = pod.object()["status"]
        for one in status["containerStatuses"] + status["initContainerStatuses"]:
            self._say(f"container {one['name']}", f"exit code {one['state']['terminated']['exitCode']}")
        self._say("the pod", status["phase"])
        self._left(pod)

    def _left(self, pod: Any) -> None:
        left = process.await_none(pod.processes, 5)
        if left:
            raise ChildError(f"left behind: {left}")
        self._say("the sidecar's log", pod.log(self._name).splitlines()[-1])
        self._say("processes left", "none")

    def _title(self, words: str) -> None:
        self._console.rule(words, align="left")

    def _say(self, what: str, words: str) -> None:
        self._console.print(f"  {what:<20} {words}")


def _ended(pod: Any) -> list[str]:
    return [
        one["name"] for one in pod.object()["status"]["containerStatuses"] if "terminated" in one["state"]
    ]


def _until(true: Callable[[], bool]) -> None:
    if process.await_none(lambda: [] if true() else ["not yet"], PATIENCE):
        raise ChildError(f"waited {PATIENCE:.0f} s in vain")


def main() -> int:
    process.unwind_on_sigterm()
    console = Console(highlight=False)
    console.width = min(WIDTH, console.width) if console.is_terminal else WIDTH
    try:
        with runs.folder() as folder, LocalCluster(folder, name="sidecar") as cluster:
            console.print(HONEST)
            cluster.wait()
            scenes = Scenes(console, cluster)
            for scene in (scenes.serves, scenes.task_fails, scenes.aborted, scenes.second_container):
                scene()
    except (ChildError, ToolchainError, subprocess.SubprocessError) as error:
        print(f"sidecar: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, SystemExit):  # the second is how flytekit answers Ctrl-C, and we SIGTERM
        print("sidecar: stopped; the cluster and all that it ran have ended", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
