"""Which rule of its message does a configuration break?

The rules stand in the .proto file, and so do their words: the connector refuses the same in the same words. This file
only says where it is in the user's own.
"""

from __future__ import annotations

import copy
import dataclasses
import math
import os
from typing import Any, Protocol

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

# What a number can be on the wire, by the kind of its field; a double has no ends.
ENDS = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
}
TYPES: dict[int, type | tuple[type, ...]] = {
    **dict.fromkeys(ENDS, int),
    FieldDescriptor.CPPTYPE_DOUBLE: (int, float),
    FieldDescriptor.CPPTYPE_FLOAT: (int, float),
    FieldDescriptor.CPPTYPE_BOOL: bool,
}
# Variables of a task's container, of Flyte 1 and of Flyte 2. What runs there was checked when it was registered, by the
# connector too; and the import of the rules' library would be paid again by every container of every task.
IN_CONTAINER = ("FLYTE_INTERNAL_EXECUTION_ID", "ACTION_NAME")


class Config(Protocol):
    """A dataclass that is a message in the user's words: each field has its namesake."""

    def to_proto(self) -> Message: ...


@dataclasses.dataclass(frozen=True, order=True)
class Offence:
    """A broken rule. The smallest of several is the one that every language tells."""

    numbers: list[int]
    """Numbers of the fields on the way."""
    keys: list[str]
    """Keys of the maps on the way, as texts."""
    steps: list[tuple[str, Any]] = dataclasses.field(compare=False)
    """The way: ("field", its name), ("key" or "index", what stands in brackets)."""
    words: str = dataclasses.field(compare=False)
    """What would be right."""


def obey(config: Config, message: type[Message]) -> None:
    """Refuse what has the wrong type for `message`, what a rule refuses, and a zero that the wire cannot say.

    Raises:
        TypeError: As ``Job.completions = '4': must be an int, not str``.
        ValueError: As ``Job.completions = 0: must be between 1 and 10000``.
    """
    if any(name in os.environ for name in IN_CONTAINER):
        return
    asked, unsaid = copy.copy(config), []
    for field in dataclasses.fields(config):
        value, declared = getattr(config, field.name), message.DESCRIPTOR.fields_by_name.get(field.name)
        if declared is None or (value is None and field.default is None):
            continue
        check_type(f"{type(config).__name__}.{field.name}", value, declared)
        if is_unsaid(value, field.default, declared):
            unsaid.append(field)
        object.__setattr__(asked, field.name, sayable(value, declared, field in unsaid))
    if found := first(asked.to_proto()):
        path, value = type(config).__name__, config
        for kind, step in found.steps:
            path += f".{step}" if kind == "field" else f"[{step!r}]"
            value = getattr(value, step) if kind == "field" else value[step]
        raise ValueError(f"{path} = {value!r}: {found.words}")
    for field in unsaid:
        line = f"{type(config).__name__}.{field.name} = {getattr(config, field.name)!r}"
        raise ValueError(f"{line}: the message cannot say it, and would say the default, {field.default!r}")


def check_type(path: str, value: Any, declared: FieldDescriptor) -> None:
    """Refuse a number, text or truth value of the wrong type. True is an int to Python, but not to a user."""
    right = str if declared.type == declared.TYPE_STRING else TYPES.get(declared.cpp_type)
    if right is None or declared.is_repeated:
        return
    if not isinstance(value, right) or (isinstance(value, bool) and right is not bool):
        name = {int: "an int", str: "a str", bool: "a bool"}.get(right, "a number")
        raise TypeError(f"{path} = {value!r}: must be {name}, not {type(value).__name__}")


def is_unsaid(value: Any, default: Any, declared: FieldDescriptor) -> bool:
    """Whether a value is not sent, so that the connector would take another one: the default."""
    empty = isinstance(value, int | float | str) and value in (0, "")
    return empty and default is not dataclasses.MISSING and default != value and not declared.has_presence


def sayable(value: Any, declared: FieldDescriptor, unsaid: bool) -> Any:
    """Return the neighbour of a value that a message can carry, for the rules to refuse."""
    if isinstance(value, str):
        return " " if unsaid else value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    lowest, highest = ENDS.get(declared.cpp_type, (-math.inf, math.inf))
    if unsaid:
        return -1 if lowest < 0 else highest
    return max(lowest, min(value, highest)) if isinstance(value, int) else value


def first(message: Message) -> Offence | None:
    """Return the rule that a message breaks, or of several the one that every language tells.

    A rule about two fields has as its id the name of the field that it is about.
    """
    import protovalidate  # not above: an import of the plugin must cost next to nothing

    found = []
    for violation in protovalidate.collect_violations(message):
        told, inner = violation.proto, message.DESCRIPTOR
        numbers, keys, steps = [], [], []
        for element in told.field.elements if told.field else ():
            field = inner.fields_by_number[element.field_number]
            numbers.append(field.number)
            steps.append(("field", field.name))
            if (at := element.subscript) is not None:
                steps.append(("index" if at.field == "index" else "key", at.value))
                keys += [] if at.field == "index" else [str(at.value)]
            inner = field.message_type
            if inner is not None and inner.GetOptions().map_entry:
                inner = inner.fields_by_name["value"].message_type
        if inner is not None and (field := inner.fields_by_name.get(told.rule_id)):
            numbers.append(field.number)
            steps.append(("field", field.name))
        found.append(Offence(numbers, keys, steps, told.message))
    return min(found, default=None)
