"""How does Flyte's engine call a connector? CreateTask at least once, GetTask, and DeleteTask for what it ends itself.
This double does it in each dialect; its constants name their sources."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import grpc
from flyteidl.core import literals_pb2
from google.protobuf import json_format

from connector_sanity.dialect import DIALECTS, OPTIONS, Dialect
from connector_sanity.profile import Json, Profile
from connector_sanity.rendering import rendered

DEADLINE = 10.0
"""Seconds for each call. Flyte 1.16.8: flyteplugins/go/tasks/plugins/webapi/agent/config.go, defaultTimeout."""
LIFE_BUDGET = 5
"""GetTask errors that a task survives in its whole life; the sixth stops its polls for good. Flyte 1.16.8 and 2:
flyteplugins/.../internal/webapi/cache.go and monitor.go, measured with the engine's own packages."""
POLL = 0.05  # seconds between two polls; the engines' are 30 s (1) and 10 s (2) apart: no connector may count on it
TERMINAL_FAILURES = ("FAILED", "RETRYABLE_FAILED", "ABORTED")  # phases of an attempt that has failed
PROJECT, DOMAIN, ORG = "connector-sanity", "development", "local"
_cases = itertools.count()


@dataclass
class Task:
    """One attempt that was created."""

    request: Any
    meta: bytes

    @property
    def prefix(self) -> str:
        """Return the attempt's output prefix, by which a connector knows it."""
        return str(self.request.output_prefix)


class Flyte:
    """One of the two engines, connected to one connector.

    Args:
        dialect: Flyte 1's or 2's.
        address: ``host:port``, without TLS.
        profile: What is known about the connector.
        run: The run's id, a part of every output prefix.
        namespace: Where the tasks run.
        note: Is told ``(method, request, answer or error)`` of each call; for the history that is judged.
    """

    def __init__(
        self,
        dialect: Dialect,
        address: str,
        profile: Profile,
        run: str,
        namespace: str,
        note: Callable[[str, Any, Any], None] = lambda *_: None,
    ) -> None:
        self.dialect, self.address, self.profile, self.namespace = dialect, address, profile, namespace
        self.channel = grpc.insecure_channel(address, options=OPTIONS)
        self.stub = dialect.stub(self.channel)
        self._run, self._note, self.made = run, note, list[Task]()
        self.root = "s3://connector-sanity"  # how output prefixes begin

    def __repr__(self) -> str:
        return f"Flyte {self.dialect.number}"

    def category(self, task_type: str | None = None, version: int | None = None) -> Any:
        """Return the TaskCategory of the profile's type, or of another."""
        profile = self.profile
        return self.dialect.messages.TaskCategory(
            name=profile.task_type if task_type is None else task_type,
            version=profile.task_type_version if version is None else version,
        )

    def template(self, content: Json | None = None) -> Any:
        """Return a TaskTemplate from Flyte 1's JSON, by default the profile's; unknown keys are left out."""
        written = DIALECTS[1].tasks.TaskTemplate()
        json_format.ParseDict(content or self.profile.template, written, ignore_unknown_fields=True)
        # The bytes are the same, and the JSON is not: Flyte 2 has lists where Flyte 1 has maps.
        made = self.dialect.tasks.TaskTemplate.FromString(written.SerializeToString())
        made.type, made.task_type_version = self.profile.task_type, self.profile.task_type_version
        if not made.id.name:
            made.id.name, made.id.project, made.id.domain, made.id.version = (
                "sanity.task",
                PROJECT,
                DOMAIN,
                "v1",
            )
        if self.dialect.number == 2:
            made.id.org = made.id.org or ORG
        return made

    def request(
        self,
        *,
        template: Json | None = None,
        case: str = "",
        attempt: int = 0,
        node: str = "n0",
        execution: str = "",
    ) -> Any:
        """Return a CreateTaskRequest as the engine makes it; `create` fills in its variables.

        Args:
            template: JSON of a TaskTemplate; the profile's by default.
            case: The task's folder; a new one by default. The same case and attempt are the same task.
            attempt: The retry's number, the last segment of the output prefix.
            node: The node of the execution.
            execution: Its name; by default made of the case.
        """
        case = case or f"c{next(_cases)}"
        made, ids = self.template(template), self.dialect.identifiers
        execution = execution or f"x{self._run}{case}"
        who = ids.WorkflowExecutionIdentifier(project=PROJECT, domain=DOMAIN, name=execution)
        if self.dialect.number == 2:
            who.org = ORG
        identity = self.dialect.messages.TaskExecutionMetadata(
            task_execution_id=ids.TaskExecutionIdentifier(
                task_id=made.id,
                node_execution_id=ids.NodeExecutionIdentifier(node_id=node, execution_id=who),
                retry_attempt=attempt,
            ),
            namespace=self.namespace,
            labels={"execution-id": execution, "node-id": node, "project": PROJECT, "domain": DOMAIN},
        )
        prefix = f"{self.root}/{self._run}/{execution}/{case}/{node}/{attempt}"
        request = self.dialect.messages.CreateTaskRequest(
            template=made, output_prefix=prefix, task_execution_metadata=identity
        )
        given = json_format.ParseDict(self.profile.inputs, literals_pb2.LiteralMap())
        request.inputs.ParseFromString(given.SerializeToString())
        return request

    def create(self, request: Any = None, timeout: float = DEADLINE, **about: Any) -> Task:
        """Send CreateTask; `about` goes to `request()`. Raises grpc.RpcError."""
        request = request if request is not None else self.request(**about)
        task = Task(request, bytes(self._call("CreateTask", rendered(request), timeout).resource_meta))
        self.made.append(task)
        return task

    def get(self, meta: bytes | Task, timeout: float = DEADLINE, task_type: str | None = None) -> Any:
        """Send GetTask and return the ``Resource``. Raises grpc.RpcError."""
        return self._call("GetTask", self._about("GetTaskRequest", meta, task_type), timeout).resource

    def delete(self, meta: bytes | Task, timeout: float = DEADLINE, task_type: str | None = None) -> None:
        """Send DeleteTask. Raises grpc.RpcError."""
        self._call("DeleteTask", self._about("DeleteTaskRequest", meta, task_type), timeout)

    def _about(self, kind: str, meta: bytes | Task, task_type: str | None) -> Any:
        raw = meta.meta if isinstance(meta, Task) else meta
        request = getattr(self.dialect.messages, kind)(
            resource_meta=raw, task_category=self.category(task_type)
        )
        if self.dialect.number == 1:
            request.task_type = self.profile.task_type if task_type is None else task_type
        if isinstance(meta, Task) and kind == "GetTaskRequest":
            request.output_prefix = meta.prefix
        return request

    def _call(self, method: str, request: Any, timeout: float) -> Any:
        try:
            answer = getattr(self.stub, method)(request, timeout=timeout)
        except grpc.RpcError as error:
            self._note(method, request, error)
            raise
        self._note(method, request, answer)
        return answer

    def wait(self, task: Task, phases: Iterable[str], seconds: float = 10.0) -> Any:
        """Poll until the phase is one of these, and return the ``Resource``; raises AssertionError when time is up."""
        wanted, end = set(phases), time.monotonic() + seconds
        while phase(resource := self.get(task)) not in wanted:
            assert time.monotonic() < end, (
                f"{self} was told {phase(resource)} ({resource.message!r}) for {seconds:.0f} s; "
                f"one of {', '.join(sorted(wanted))} would be right"
            )
            time.sleep(POLL)
        return resource

    def close(self) -> None:
        """End the connection."""
        self.channel.close()


def phase(resource: Any) -> str:
    """Return the name of a ``Resource``'s phase, "UNDEFINED" when there is none."""
    field = resource.DESCRIPTOR.fields_by_name["phase"].enum_type
    return str(field.values_by_number[resource.phase].name)


def code(error: grpc.RpcError) -> str:
    """Return the name of an error's status code."""
    return str(error.code().name)  # type: ignore[attr-defined]
