"""What does a change of a message do to tasks that were registered before it, and which tool warns?

Each change of examples/alternatives/changes.toml is made to the protos in memory. buf compares the result with what is
there; the connector's own Decode (go/evolution) reads old tasks with the new message, and new ones with the old.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc_tools
from buf.validate import validate_pb2
from google.protobuf import descriptor_pool, json_format, message_factory
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.message import Message

from devkit import buf, protos, toolchain
from devkit.toolchain import ROOT, ToolchainError

CHANGES = ROOT / "examples/alternatives/changes.toml"
FILE = "larkspur/v1/job.proto"
MESSAGE = "Job"
CATEGORIES = ("FILE", "WIRE_JSON", "WIRE")  # of buf, the strictest first
Json = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One change, to each of the three descriptions."""

    name: str
    sets: Json  # what a user of the new SDK says, in JSON's names
    proto: list[list[str]]  # regular expressions and their replacements
    message: str = MESSAGE  # what the message is called afterwards
    schema: list[list[Any]] = field(
        default_factory=list
    )  # what is done to the schemas; nothing where they cannot say it


def changes() -> list[Change]:
    return [Change(**raw) for raw in tomllib.loads(CHANGES.read_text(encoding="utf-8"))["change"]]


def edited(text: str, change: Change) -> str:
    """Return a .proto file's text after a change; raises ToolchainError when there is nothing to be changed."""
    for pattern, replacement in change.proto:
        text, count = re.subn(pattern, replacement, text, flags=re.DOTALL)
        if not count:
            raise ToolchainError(f"{CHANGES.name}: {change.name}: {FILE} has nothing like {pattern!r}")
    return text


def compiled(text: str) -> FileDescriptorSet:
    """Return what protoc makes of job.proto with this text, and of what it imports."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / FILE).parent.mkdir(parents=True)
        (folder / FILE).write_text(text, encoding="utf-8")
        rules, out = folder / "rules.binpb", folder / "out.binpb"
        rules.write_bytes(protos.closure([validate_pb2.DESCRIPTOR]).SerializeToString())
        include = [
            f"-I{folder}",
            f"-I{Path(grpc_tools.__file__).parent / '_proto'}",
            f"--descriptor_set_in={rules}",
        ]
        protos.run_protoc(
            *include, "--include_imports", "--include_source_info", f"--descriptor_set_out={out}", FILE
        )
        return FileDescriptorSet.FromString(out.read_bytes())


def message(files: FileDescriptorSet, name: str) -> type[Message]:
    """Return a class for a message that nothing was generated for."""
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"larkspur.v1.{name}"))


def custom(files: FileDescriptorSet, name: str, says: Json) -> Json:
    """Return what an SDK with this message would write into TaskTemplate.custom."""
    return json_format.MessageToDict(json_format.ParseDict(says, message(files, name)()))


def decoded(
    questions: dict[str, tuple[FileDescriptorSet, str, dict[str, Json]]],
) -> dict[str, dict[str, Json]]:
    """Return the connector's answers: under each question and value ``read``, the message as JSON, or ``error``."""
    go = toolchain.go()
    asked = {
        name: {
            "descriptors": base64.b64encode(files.SerializeToString()).decode(),
            "message": f"larkspur.v1.{called}",
            "values": given,
        }
        for name, (files, called, given) in questions.items()
    }
    command = [go.command, "run", "./evolution"]
    done = subprocess.run(
        command,
        cwd=ROOT / "go",
        env=go.env,
        input=json.dumps(asked),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def warnings(old: FileDescriptorSet, new: FileDescriptorSet) -> dict[str, list[str]]:
    """Return for each of buf's categories the rules that are broken."""
    with tempfile.TemporaryDirectory() as scratch:
        paths = [Path(scratch) / "old.binpb", Path(scratch) / "new.binpb"]
        for path, files in zip(paths, (old, new), strict=True):
            path.write_bytes(files.SerializeToString())
        return {
            category: sorted({one["type"] for one in buf.complaints(*paths, category)})
            for category in CATEGORIES
        }


def told(answer: Json) -> str:
    """Return the words of a refusal, without the place in the JSON: protobuf varies the spaces before it."""
    return re.sub(r"\(line \d+:\d+\): ", "", answer.get("error", ""))


def outcome(answers: dict[str, Json], given: dict[str, Json]) -> str:
    """Return the words of the first refusal, or "as before" where each value says what it said, or what it says now."""
    for name in given:
        if words := told(answers[name]):
            return words
    other = [
        answer["read"] for name, answer in answers.items() if plain(answer["read"]) != plain(given[name])
    ]
    return f"read as {json.dumps(other[0])}" if other else "as before"


def plain(value: Json) -> Json:
    """Return a message's JSON without what is no difference: a number's form, and zeros."""
    return {key: numeric(one) for key, one in value.items() if numeric(one)}


def numeric(value: Any) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


def results(registered: dict[str, Json]) -> list[Json]:
    """Make every change, and return what comes of it; `registered` are custom JSONs of tasks from before, by name."""
    text = (protos.PROTO / FILE).read_text(encoding="utf-8")
    old = compiled(text)
    made = {change.name: (change, compiled(edited(text, change))) for change in changes()}
    questions, given = {}, {}
    for name, (change, new) in made.items():
        given[name] = {"new": custom(new, change.message, change.sets)}
        questions[f"old task: {name}"] = (new, change.message, registered)
        questions[f"new task: {name}"] = (old, MESSAGE, given[name])
    answers = decoded(questions)
    return [
        {
            "name": name,
            "buf": warnings(old, new),
            "old_task": outcome(answers[f"old task: {name}"], registered),
            "new_task": outcome(answers[f"new task: {name}"], given[name]),
            "custom": given[name]["new"],
        }
        for name, (_, new) in made.items()
    ]
