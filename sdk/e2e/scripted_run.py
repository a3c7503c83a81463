"""How does a scripted engine run one task? Through a connector, or as a plain pod if not configured."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from flyteidl.admin import agent_pb2
from flyteidl.core import errors_pb2

from devkit import pod_plugin
from devkit.cluster import NAMESPACE, LocalCluster
from devkit.connector import Connector
from devkit.process import ChildError
from flyteconnector.client import Api, Client
from flyteconnector.endpoint import ConnectorError
from flyteconnector.progress import phase_name

EVERY = 0.3  # seconds between two status calls
ENDS = ("FAILED", "RETRYABLE_FAILED", "ABORTED")


@dataclass
class Script:
    """What a scripted engine does otherwise than Flyte should."""

    configured: bool = True
    """False: it does not know who serves the task type, and starts a plain pod."""
    deletes: bool = True
    """False: an abort sends no DeleteTask."""
    words: str = ""
    """What it says in place of the connector's message."""
    ignores_failures: bool = False
    """It takes a failed task for one that succeeded."""


class Run(ABC):
    """One execution of one task, in a thread of its own.

    Args:
        name: Of the execution.
        template: As it was registered.
        inputs: The caller's, in the message of this Flyte.
        prefix: Folder of the outputs.
        inputs_file: Where the task reads its inputs.
        script: What goes wrong.

    Attributes:
        phase, error, links, outputs: What Flyte would tell: the phase's name, code and message of the error, messages
            of type TaskLog, the bytes of outputs.pb.
    """

    api: ClassVar[Api]
    node: ClassVar[str]
    """What this Flyte calls the part of the execution that is the task."""
    aborting: ClassVar[str]
    """The phase until the engine has done its part of an abort."""
    reads_errors: ClassVar[bool]
    """Whether this Flyte looks for error.pb when a connector says SUCCEEDED."""

    def __init__(
        self, name: str, template: Any, inputs: Any, prefix: Path, inputs_file: Path, script: Script
    ) -> None:
        self.name, self.template, self.inputs, self._script = name, template, inputs, script
        self.phase, self.links, self.outputs = "QUEUED", [], b""
        self.error: tuple[str, str] | None = None
        self._prefix, self._inputs_file = prefix, inputs_file
        self._aborted, self._let_go = threading.Event(), threading.Event()

    @abstractmethod
    def request(self) -> Any:
        """Return what this Flyte's engine sends as CreateTaskRequest."""

    def begin(self, cluster: LocalCluster, connector: Connector) -> None:
        self._prefix.mkdir(parents=True)
        self._inputs_file.write_bytes(self.inputs.SerializeToString())
        drive = self._connected if self._script.configured else self._plain
        self._thread = threading.Thread(target=self._guarded, args=(drive, cluster, connector), daemon=True)
        self._thread.start()

    def done(self) -> bool:
        return self.phase in ("SUCCEEDED", "FAILED", "ABORTED")

    def abort(self) -> None:
        """Abort it, as Flyte's API does."""
        self.phase = self.aborting
        self._aborted.set()

    def end(self) -> None:
        """End the thread, and what it has started."""
        self._script.deletes = True
        self._let_go.set()
        self._aborted.set()
        self._thread.join(30)

    def _guarded(self, drive: Any, cluster: LocalCluster, connector: Connector) -> None:
        try:
            drive(self.request(), cluster, connector)
        except (ConnectorError, ChildError) as error:
            self._fail("TaskFailedWithError", str(error))
        if self.phase == self.aborting:
            self.phase = "ABORTED"

    def _connected(self, sent: Any, _: LocalCluster, connector: Connector) -> None:
        client = Client(connector.address, self.template.id.name, sent.template, self.api)
        with contextlib.closing(client):
            meta = client.create(sent)
            self._runs()
            while not self._aborted.wait(EVERY):
                resource = client.get(meta, sent.output_prefix, time.sleep)
                self.links = list(resource.log_links) or self.links
                if phase_name(resource) == "SUCCEEDED":
                    return self._succeed(self.reads_errors)
                if phase_name(resource) in ENDS:
                    return self._fail("TaskFailedWithError", f"failed to run the job: {resource.message}")
            if not self._script.deletes:  # until the test is over
                self.phase = "ABORTED"
                self._let_go.wait()
            client.delete(meta)

    def _plain(self, sent: Any, cluster: LocalCluster, _: Connector) -> None:
        """Start the pod that Flyte's own pod plugin would; the messages of both Flytes have the same bytes."""
        name = f"{self.name}-{self.node}-0"
        file = self._prefix / "pod.json"
        request = agent_pb2.CreateTaskRequest.FromString(sent.SerializeToString())
        file.write_text(json.dumps(pod_plugin.manifest(request, name)))
        self._runs()
        cluster.kubectl("create", "-f", str(file))
        while not self._aborted.wait(EVERY):
            found = cluster.get("pods", f"--field-selector=metadata.name={name}")
            seen = pod_plugin.phase(found[0] if found else None)
            if seen.name == "SUCCEEDED":
                return self._succeed(True)
            if seen.name in ("FAILED", "RETRYABLE_FAILED"):
                return self._fail("TaskFailed", seen.reason)
        cluster.kubectl("-n", NAMESPACE, "delete", "pod", name, "--ignore-not-found")

    def _runs(self) -> None:
        if not self._aborted.is_set():
            self.phase = "RUNNING"

    def _succeed(self, reads_errors: bool) -> None:
        """Read what the task has left, as Flyte does after a success."""
        if reads_errors and (file := self._prefix / "error.pb").exists():
            error = errors_pb2.ErrorDocument.FromString(file.read_bytes()).error
            return self._fail(error.code, error.message)
        if not (file := self._prefix / "outputs.pb").exists():
            return self._fail("OutputsNotFound", f"there is no {file}")
        self.outputs = file.read_bytes()
        self.phase = "SUCCEEDED"

    def _fail(self, code: str, message: str) -> None:
        if self._script.ignores_failures:
            self.phase = "SUCCEEDED"
            return
        self.error = code, self._script.words or message
        self.phase = "FAILED"
