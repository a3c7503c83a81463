"""Is a field of any kind refused with its name? The fields of Job and Spark are of few kinds; yours may be others.

The schema of the rules comes with the packages of Flyte 2's API, so this runs where they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from buf.validate import validate_pb2
from google.protobuf import descriptor_pool, message_factory, text_format
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.message import Message

from larkspur_spec.rules import obey

RULE = 'options {{ [buf.validate.field] {{ {0} cel {{ id: "x" message: "{1}" expression: "{2}" }} }} }}'
IGNORE = "ignore: IGNORE_IF_ZERO_VALUE"
FIELDS = {
    "bytes_kept": ("INT64", RULE.format("", "must be at most 10000000000", "this <= 10000000000")),
    "weight": ("UINT32", RULE.format(IGNORE, "must be between 1 and 7", "this <= uint(7)")),
    "share": ("DOUBLE", RULE.format(IGNORE, "must be above 0", "this > 0.0")),
    "queue": ("STRING", RULE.format(IGNORE, "must be lower-case letters", "this.matches('^[a-z]+$')")),
    "ratio": ("DOUBLE", f"options {{ [buf.validate.field] {{ double {{ gt: 0 }} {IGNORE} }} }}"),
    "offset": ("INT32", ""),  # no rule sees its zero
    "verbose": ("BOOL", ""),
    "depth": ("INT32", "proto3_optional: true oneof_index: 0"),
}


def any_kind() -> type[Message]:
    fields = "".join(
        f'field {{ name: "{name}" number: {n} label: LABEL_OPTIONAL type: TYPE_{kind} {more} }}'
        for n, (name, (kind, more)) in enumerate(FIELDS.items(), 1)
    )
    text = f'name: "any_kind.proto" package: "any" syntax: "proto3" dependency: "{validate_pb2.DESCRIPTOR.name}" '
    text += f'message_type {{ name: "Kind" {fields} oneof_decl {{ name: "_depth" }} }}'
    pool = descriptor_pool.Default()
    pool.Add(text_format.Parse(text, FileDescriptorProto()))
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("any.Kind"))


KIND = any_kind()


@dataclass(frozen=True, kw_only=True)
class Kind:
    bytes_kept: int = 0
    weight: int = 3
    share: float = 0.5
    queue: str = "default"
    ratio: float = 0.0
    offset: int = 2
    verbose: bool = True
    depth: int | None = 4
    only_in_python: object = None

    def __post_init__(self) -> None:
        obey(self, KIND)

    def to_proto(self) -> Message:
        return KIND(**{name: getattr(self, name) for name in FIELDS})


REFUSED = {
    "more than an int32 counts": ({"bytes_kept": 2**40}, "bytes_kept = 1099511627776: must be at most 10000000000"),
    "more than an int64 counts": ({"bytes_kept": 2**70}, f"bytes_kept = {2**70}: must be at most 10000000000"),
    "nothing, where a number has no sign": ({"weight": 0}, "weight = 0: must be between 1 and 7"),
    "no fraction": ({"share": 0.0}, "share = 0.0: must be above 0"),
    "a ready rule, in Python's words": ({"ratio": -1}, "ratio = -1: must be greater than 0"),
    "an empty text": ({"queue": ""}, "queue = '': must be lower-case letters"),
    "a zero that no rule sees": ({"offset": 0}, "offset = 0: the message cannot say it, and would say the default, 2"),
    "a no that is not sent": (
        {"verbose": False},
        "verbose = False: the message cannot say it, and would say the default, True",
    ),
    "a number for a text": ({"queue": 5}, "queue = 5: must be a str, not int"),
    "a text for a fraction": ({"share": "x"}, "share = 'x': must be a number, not str"),
    "a number for a truth value": ({"verbose": 1}, "verbose = 1: must be a bool, not int"),
    "nothing for a text": ({"queue": None}, "queue = None: must be a str, not NoneType"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_field_of_any_kind_is_refused_with_its_name(name: str):
    values, message = REFUSED[name]
    with pytest.raises((TypeError, ValueError)) as caught:
        Kind(**values)
    assert str(caught.value) == f"Kind.{message}"


ACCEPTED: list[tuple[dict[str, Any], Callable[[Any], bool]]] = [
    ({"bytes_kept": 9_000_000_000}, lambda sent: sent.bytes_kept == 9_000_000_000),
    ({"share": 1}, lambda sent: sent.share == 1.0),
    ({"depth": 0}, lambda sent: sent.HasField("depth") and sent.depth == 0),
    ({"only_in_python": object()}, lambda sent: sent.weight == 3),
]


@pytest.mark.parametrize(("values", "is_sent"), ACCEPTED, ids=[next(iter(values)) for values, _ in ACCEPTED])
def test_what_the_message_can_say_is_sent(values: dict[str, Any], is_sent: Callable[[Any], bool]):
    assert is_sent(Kind(**values).to_proto())
