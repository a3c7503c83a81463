"""How is a request written whose `custom` is deeper than Python's protobuf writes? Byte by byte."""

from __future__ import annotations

from typing import Any

from connector_sanity.engine import DEADLINE, Flyte, Task
from connector_sanity.rendering import rendered

UNREAD = ("unmarshal", "deserializ", "decode", "parse")
"""Words of gRPC libraries about a message that they cannot read."""
TEMPLATE, CUSTOM = 2, 5
"""Numbers of the fields: CreateTaskRequest.template and TaskTemplate.custom."""


def field(number: int, content: bytes) -> bytes:
    """Return a field with a length, as protobuf's wire format has it."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    done = bytearray()
    while value > 0x7F:
        done.append(value & 0x7F | 0x80)
        value >>= 7
    done.append(value)
    return bytes(done)


def struct(depth: int) -> bytes:
    """Return a google.protobuf.Struct ``{"k": {"k": …}}``."""
    made = b""
    for _ in range(depth):
        value = field(5, made)  # Value.struct_value
        made = field(1, field(1, b"k") + field(2, value))  # Struct.fields: key, value
    return made


def request(made: Any, depth: int) -> bytes:
    """Return a CreateTaskRequest whose template has such a `custom`."""
    template = rendered(made).template.SerializeToString() + field(CUSTOM, struct(depth))
    rest = rendered(made)
    rest.ClearField("template")
    return bytes(rest.SerializeToString()) + field(TEMPLATE, template)


def create(flyte: Flyte, raw: bytes) -> Any:
    """Send CreateTask with these bytes, and return the answer. Raises grpc.RpcError."""
    messages = flyte.dialect.messages
    method = flyte.channel.unary_unary(
        f"/{flyte.dialect.service_name}/CreateTask", lambda sent: sent, messages.CreateTaskResponse.FromString
    )
    answer = method(raw, timeout=DEADLINE)
    flyte.made.append(Task(None, bytes(answer.resource_meta)))
    return answer
