"""What are the tables of proto/fixtures/messages, which every language reads?"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format, struct_pb2
from google.protobuf.message import Message

from larkspur_spec.rules import first

FOLDER = Path(__file__).parents[3] / "proto" / "fixtures" / "messages"


def table(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def refused(name: str) -> dict[str, dict[str, Any]]:
    """Return the cases of a table by their names."""
    return {case["name"]: case for case in table(name)["cases"]}


def read(kind: type[Message], custom: dict[str, Any]) -> Message:
    """Return what the JSON says; raises ParseError for what is not such a message."""
    return json_format.ParseDict(custom, kind())


def said(message: Message) -> str | None:
    """Return the error about a message in the words of the wire: names and values as JSON has them."""
    if (found := first(message)) is None:
        return None
    path, value, fields = "", message, message.DESCRIPTOR.fields_by_name
    for kind, step in found.steps:
        if kind == "field":
            path += ("." if path else "") + fields[step].json_name
            value = getattr(value, step)
        else:
            path += f"[{json.dumps(step, ensure_ascii=False)}]"
            value = value[step]
    shown = f" = {json.dumps(value, ensure_ascii=False)}" if isinstance(value, str | int | float) else ""
    return f"{path}{shown}: {found.words}"


def write(name: str, messages: dict[str, Message]) -> str:
    """Return the text of a table of these messages, as what a task sends: JSON that went through a Struct.

    Fewer than five say too little, and no language would read such a table.
    """
    assert len(messages) > 4, (
        f"{name}.json: {len(messages)} accepted cases; go/plugins/wire_test.go wants five or more"
    )
    (kind,) = {message.DESCRIPTOR.full_name for message in messages.values()}
    cases = []
    for label, message in messages.items():
        sent = json_format.ParseDict(json_format.MessageToDict(message), struct_pb2.Struct())
        cases.append({"name": label, "custom": json_format.MessageToDict(sent)})
    text = json.dumps({"message": kind, "cases": cases}, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("LARKSPUR_UPDATE_FIXTURES"):
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")
    return text


def in_python(message: type[Message], config: type, custom: dict[str, Any]) -> str:
    """Return the error about a configuration with the same values."""
    names = {field.json_name: field.name for field in message.DESCRIPTOR.fields}
    with pytest.raises(ValueError, match=": ") as caught:
        config(**{names[key]: value for key, value in custom.items()})
    return str(caught.value)
