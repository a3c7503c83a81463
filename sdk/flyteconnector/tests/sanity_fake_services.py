"""How does the fake connector speak to both Flytes, and what does it refuse?"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import grpc
from flyteidl.service import agent_pb2_grpc
from flyteidl2.connector import service_pb2_grpc
from google.protobuf import json_format

from connector_sanity.dialect import Dialect

TYPE = "sanity_fake"
SERVICES = {
    1: (
        (agent_pb2_grpc.AsyncAgentServiceServicer, agent_pb2_grpc.add_AsyncAgentServiceServicer_to_server),
        (
            agent_pb2_grpc.AgentMetadataServiceServicer,
            agent_pb2_grpc.add_AgentMetadataServiceServicer_to_server,
        ),
    ),
    2: (
        (
            service_pb2_grpc.AsyncConnectorServiceServicer,
            service_pb2_grpc.add_AsyncConnectorServiceServicer_to_server,
        ),
        (
            service_pb2_grpc.ConnectorMetadataServiceServicer,
            service_pb2_grpc.add_ConnectorMetadataServiceServicer_to_server,
        ),
    ),
}
LATE = 0.4
WORDS = {1: ("Agent", "agent"), 2: ("Connector", "connector")}


class Refused(Exception):
    """A request is answered with a code and words."""


def serve(fake: Any, dialect: Dialect, server: grpc.Server) -> None:
    """Add the services of one Flyte to a server."""
    tasks, metadata = SERVICES[dialect.number]
    for (base, add), methods in (
        (tasks, about_tasks(fake, dialect)),
        (metadata, about_itself(fake, dialect)),
    ):
        add(
            type("Service", (base,), {name: staticmethod(guarded(call)) for name, call in methods.items()})(),
            server,
        )


def guarded(call: Callable[[Any, grpc.ServicerContext], Any]) -> Callable[[Any, grpc.ServicerContext], Any]:
    """Turn Refused into the answer that it means; what crashes is INTERNAL."""

    def method(request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return call(request, context)
        except Refused as refused:
            context.abort(*refused.args)
        except (RuntimeError, TypeError) as error:
            context.abort(grpc.StatusCode.INTERNAL, f"crashed: {error}")

    return method


def about_tasks(fake: Any, dialect: Dialect) -> dict[str, Any]:
    """Return the methods of the service for tasks."""
    messages = dialect.messages

    def kind(request: Any) -> None:
        old = "" if dialect.number == 2 or fake.breaks == "P5" else request.task_type
        name = request.task_category.name or old
        if name != TYPE:
            raise Refused(grpc.StatusCode.NOT_FOUND, f"no task type {name!r}")

    def create(request: Any, context: grpc.ServicerContext) -> Any:
        return messages.CreateTaskResponse(resource_meta=fake.create(request, context, dialect))

    def get(request: Any, context: grpc.ServicerContext) -> Any:
        kind(request)
        phase, message = fake.look(request.resource_meta)
        return messages.GetTaskResponse(resource=messages.Resource(phase=phase, message=message))

    def delete(request: Any, context: grpc.ServicerContext) -> Any:
        kind(request)
        fake.delete(request.resource_meta)
        return messages.DeleteTaskResponse()

    def metrics(request: Any, context: grpc.ServicerContext) -> Any:
        code = grpc.StatusCode.UNKNOWN if fake.breaks == "P3" else grpc.StatusCode.UNIMPLEMENTED
        raise Refused(code, "no metrics")

    return {"CreateTask": create, "GetTask": get, "DeleteTask": delete, "GetTaskMetrics": metrics}


def about_itself(fake: Any, dialect: Dialect) -> dict[str, Any]:
    """Return the methods of the service for metadata."""
    messages, (word, field) = dialect.messages, WORDS[dialect.number]

    def self_() -> Any:
        made = getattr(messages, word)(name="" if fake.breaks == "P1 name" else "fake")
        if fake.breaks != "P1 types":
            made.supported_task_categories.add(name=TYPE)
        if dialect.number == 1:
            made.supported_task_types.extend([] if fake.breaks == "P1 old types" else [TYPE])
            made.is_sync = fake.breaks == "P1 sync"
        return made

    def get(request: Any, context: grpc.ServicerContext) -> Any:
        if request.name != "fake":
            raise Refused(
                grpc.StatusCode.UNKNOWN if fake.breaks == "P2 name" else grpc.StatusCode.NOT_FOUND, "who?"
            )
        return getattr(messages, f"Get{word}Response")(**{field: self_()})

    def everyone(request: Any, context: grpc.ServicerContext) -> Any:
        if fake.breaks == "P1 late" or (fake.breaks == "O1 list" and fake.away):
            time.sleep(LATE)
        return getattr(messages, f"List{word}sResponse")(**{f"{field}s": [self_()]})

    return {f"Get{word}": get, f"List{word}s": everyone}


def complete(breaks: str, request: Any) -> None:
    """Raise Refused where a field is missing that every task has."""
    if breaks == "M1 accept":
        return
    identity = request.task_execution_metadata
    fields = {
        "template": request.HasField("template"),
        "task_execution_metadata": request.HasField("task_execution_metadata"),
        "task_execution_metadata.namespace": bool(identity.namespace),
        "output_prefix": bool(request.output_prefix),
    }
    for name, there in fields.items():
        if not there:
            code = grpc.StatusCode.INTERNAL if breaks == "M1 code" else grpc.StatusCode.INVALID_ARGUMENT
            raise Refused(code, "a field is missing" if breaks == "M1 words" else f"{name} is missing")


def wrong(breaks: str, request: Any) -> str:
    """Return what is wrong with the task's `custom`, which has workers, an integer, and mode, a text; "" if nothing."""
    if breaks == "M2 unset" and not request.template.HasField("custom"):
        raise RuntimeError("nil Struct")
    custom = json_format.MessageToDict(request.template.custom)
    if unknown := sorted(custom.keys() - {"workers", "mode"}):
        return "" if breaks == "M2 unknown" else f"custom: fake 1.0 does not know {', '.join(unknown)}"
    workers, mode = custom.get("workers", 1), custom.get("mode", "")
    if not isinstance(mode, str):
        return "a text is none" if breaks == "M2 words" else f"custom.mode is {mode!r}, not a text"
    if not isinstance(workers, int | float) or workers != int(workers) or abs(workers) > 1 << 31:
        if breaks == "M2 numbers" and isinstance(workers, float):
            raise TypeError("no integer")
        return "" if breaks == "M2 types" else f"custom.workers is {workers!r}, not an integer"
    return ""
