"""How does a task run on the local cluster that needs no connector: as one ordinary pod?

This PLAYS what Flyte does with such a task: it writes the inputs, creates the pod (pod_plugin.py), looks at it until it
has ended, reads the outputs, and deletes the pod when the user aborts. What it does not play: retries, caching,
FlytePropeller's rhythm, and what a platform adds to pods.
"""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from flyteidl.admin.agent_pb2 import Resource
from flyteidl.core.execution_pb2 import TaskExecution
from flytekit.core.base_task import PythonTask

from devkit import pod_plugin, process
from devkit.cluster import NAMESPACE, LocalCluster
from devkit.pod_plugin import Phase
from devkit.process import ChildError
from flyteconnector.flyte1 import outcome, request

PATIENCE = 120.0  # seconds
FINAL = ("SUCCEEDED", "RETRYABLE_FAILED", "FAILED")
_numbers = itertools.count()


class PlainPod:
    """One attempt of a task, as a pod, while the context is open; at its end the pod is deleted and gone.

    Args:
        cluster: Where it runs.
        task: A Python task, with or without a pod template, or a ContainerTask without outputs.
        inputs: Its inputs, as Python values.
        folder: Gets the inputs, the outputs and the pod's manifest, in a folder of the attempt's own.

    Attributes:
        name: Of the pod.
        manifest: The pod as it is created.
        phases: Each phase in which Flyte would have seen it, in order.
    """

    def __init__(self, cluster: LocalCluster, task: PythonTask, inputs: dict[str, Any], folder: Path) -> None:
        self._cluster, self._task = cluster, task
        self.name = f"p{os.getpid()}-n{next(_numbers)}-0"  # Flyte: execution, node, attempt
        self._folder = folder / self.name
        self.prefix = str(self._folder / "0")
        sent = request.build(task, inputs, self.prefix)
        sent.task_execution_metadata.namespace = NAMESPACE
        self.manifest = pod_plugin.manifest(sent, self.name)
        self.uid, self.phases = "", list[Phase]()

    def __enter__(self) -> Self:
        file = self._folder / "pod.json"
        file.write_text(json.dumps(self.manifest, indent=1))
        self._cluster.kubectl("create", "-f", str(file))
        self.uid = (self.object() or {"metadata": {"uid": ""}})["metadata"]["uid"]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        with process.uninterrupted():
            self.abort()

    def object(self) -> dict[str, Any] | None:
        """Return the pod as the API server has it, or None."""
        return next(iter(self._cluster.get("pods", f"--field-selector=metadata.name={self.name}")), None)

    def phase(self) -> Phase:
        """Look at the pod once, as FlytePropeller does."""
        seen = pod_plugin.phase(self.object())
        if not self.phases or self.phases[-1].name != seen.name:
            self.phases.append(seen)
        return seen

    def await_phase(self, *names: str, seconds: float = PATIENCE) -> Phase:
        """Wait until the phase is one of `names`; raises ChildError when it is another final one, or never comes."""
        return self._await(lambda seen: seen.name in (*names, *FINAL), names, seconds)

    def await_end(self, seconds: float = PATIENCE) -> Phase:
        """Wait until the task has ended in Flyte's eyes; the pod may go on."""
        return self._await(lambda seen: seen.name in FINAL, FINAL, seconds)

    def _await(self, there: Callable[[Phase], bool], names: tuple[str, ...], seconds: float) -> Phase:
        deadline = time.monotonic() + seconds
        while not there(seen := self.phase()) and time.monotonic() < deadline:
            time.sleep(0.1)
        if seen.name not in names:
            raise ChildError(f"pod {self.name} is {seen.name} and not {' or '.join(names)}: {seen.reason}")
        return seen

    def result(self) -> Any:
        """Wait for the end, and return what the task returned.

        Raises:
            RemoteUserError: The user's function raised: flytekit has left an error.pb, and ends with exit code 0 then.
            RemoteTaskError: The task failed in another way.
        """
        end = self.await_end()
        failed = Path(
            self.prefix, "error.pb"
        ).exists()  # which Flyte looks for first, also where there are no outputs
        name = "FAILED" if failed else end.name
        resource = Resource(phase=TaskExecution.Phase.Value(name), message=end.reason)
        return outcome.value_of(self._task, resource, self.prefix)

    def log(self, container: str) -> str:
        """Return what a container has printed, in its first start; also after the pod is gone."""
        file = self._cluster.pods / f"{NAMESPACE}_{self.name}_{self.uid}" / container / "0.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def abort(self) -> float:
        """Delete the pod as Flyte does, with the pod's own grace period; return the seconds until it was gone."""
        began = time.monotonic()
        self._cluster.kubectl(
            "-n", NAMESPACE, "delete", "pod", self.name, "--ignore-not-found", "--wait=true"
        )
        return time.monotonic() - began

    def processes(self) -> list[process.Found]:
        """Return what still runs of its containers on this machine."""
        return process.naming(self.uid) if self.uid else []
