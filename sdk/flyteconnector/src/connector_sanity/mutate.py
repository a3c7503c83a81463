"""What does a request look like after an accident? Seeded changes of valid messages, which the wire can carry."""

from __future__ import annotations

from random import Random
from typing import Any

from google.protobuf.descriptor import FieldDescriptor as Field
from google.protobuf.message import DecodeError, Message

TEXTS = (
    "",
    "ü\u202e\U0001f600",
    "a\x00b",
    "../..",
    "%2e%2e/",
    "{{.input}}",
    "{{",
    "A" * 300,
    "-",
    "1",
    " ",
    "\n",
    "a/b?c#d",
)
INTEGERS = (0, 1, -1, 2**31 - 1, -(2**31))
LARGE = (2**63 - 1, -(2**63))
FLOATS = (0.0, -0.5, 1e308, float("inf"), float("nan"))
BYTES = (b"", b"\xff\x00", b"{", b"x" * 4096)
NATURAL = (Field.TYPE_UINT32, Field.TYPE_UINT64, Field.TYPE_FIXED32, Field.TYPE_FIXED64)
SHORT = (Field.TYPE_INT32, Field.TYPE_SINT32, Field.TYPE_SFIXED32, Field.TYPE_ENUM)


def mutated(random: Random, message: Message, changes: int = 3) -> Message:
    """Return a copy with one to `changes` of its fields changed, or some of its bytes."""
    copy = type(message)()
    copy.CopyFrom(message)
    if random.random() < 0.2:
        return bitten(random, copy)
    for _ in range(random.randint(1, changes)):
        places = list(inside(copy))
        change(random, *random.choice(places))
    return copy


def bitten(random: Random, message: Message) -> Message:
    """Return what the message's bytes mean with a few of them changed; the message itself where that means nothing."""
    raw = bytearray(message.SerializeToString())
    for _ in range(random.randint(1, 4)):
        if raw:
            raw[random.randrange(len(raw))] = random.randrange(256)
    try:
        return type(message).FromString(bytes(raw))
    except DecodeError:
        return message


def inside(message: Message) -> Any:
    """Yield (message, field): those that are set, in the message and all in it, and the others of a simple type."""
    for field, value in message.ListFields():
        yield message, field
        if field.message_type is None:
            continue
        if not field.is_repeated:
            yield from inside(value)
        elif not field.message_type.GetOptions().map_entry:
            for each in value:
                yield from inside(each)
    for field in message.DESCRIPTOR.fields:
        if not field.is_repeated and field.message_type is None:
            yield message, field


def change(random: Random, message: Message, field: Field) -> None:
    """Clear a field, or give it a value that is rare."""
    if random.random() < 0.3 or field.message_type is not None:
        message.ClearField(field.name)
        return
    value = rare(random, field)
    if field.is_repeated:
        getattr(message, field.name).append(value)
    else:
        setattr(message, field.name, value)


def rare(random: Random, field: Field) -> Any:
    """Return a value of the field's type that is at one of its ends."""
    if field.type == Field.TYPE_STRING:
        return random.choice(TEXTS)
    if field.type == Field.TYPE_BYTES:
        return random.choice(BYTES)
    if field.type == Field.TYPE_BOOL:
        return random.random() < 0.5
    if field.type in (Field.TYPE_DOUBLE, Field.TYPE_FLOAT):
        return random.choice(FLOATS)
    if field.type in NATURAL:
        return abs(random.choice(INTEGERS[:4]))
    return random.choice(INTEGERS if field.type in SHORT else INTEGERS + LARGE)
