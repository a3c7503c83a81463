"""What are our own messages made of? Their .proto files, compiled, with the rules that they import.

``buf/validate/validate.proto`` declares the rules. No package has the file itself, but flyteidl2 has its descriptor: so
nothing is copied into this repository, and nothing is fetched.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import grpc_tools
from buf.validate import validate_pb2
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorSet
from grpc_tools import protoc

from devkit.toolchain import ROOT

PROTO = ROOT / "proto"
RULES = "buf/validate/"  # what validate.proto and its like are called by an import
# JSON names that Flyte 2 reads out of TaskTemplate.custom itself, as fields of core.Connection.
RESERVED = {"secrets", "configs", "taskType", "task_type"}


class ProtoError(ValueError):
    """A message that would not work with Flyte, or not say what is wrong."""


def names() -> list[str]:
    """Return our .proto files as an import names them."""
    return sorted(path.relative_to(PROTO).as_posix() for path in (PROTO / "larkspur").rglob("*.proto"))


def run_protoc(*args: str) -> None:
    """Run protoc; its own message stands on stderr already when it fails."""
    if protoc.main(["protoc", *args]):
        raise SystemExit("generate: protoc refused; see its message above")


def closure(roots: Iterable[FileDescriptor], without: tuple[str, ...] = ()) -> FileDescriptorSet:
    """Return files and what they import, dependencies first; without those whose names begin with one of `without`."""
    files, seen = FileDescriptorSet(), set()

    def add(file: FileDescriptor) -> None:
        if file.name in seen or file.name.startswith(without):
            return
        seen.add(file.name)
        for dependency in file.dependencies:
            add(dependency)
        file.CopyToProto(files.file.add())

    for root in roots:
        add(root)
    return files


def forget(files: FileDescriptorSet, prefixes: tuple[str, ...]) -> None:
    """Take files, and the imports of them, out of a set. Options that they declare stay, as unknown bytes."""
    for file in list(files.file):
        if file.name.startswith(prefixes):
            files.file.remove(file)
            continue
        kept = [name for name in file.dependency if not name.startswith(prefixes)]
        file.ClearField("dependency")
        file.dependency.extend(kept)


def image(comments: bool = True) -> FileDescriptorSet:
    """Compile our files; the set has what they import, too, so whoever reads it needs no path and no network."""
    with tempfile.TemporaryDirectory() as scratch:
        rules, out = Path(scratch) / "rules.binpb", Path(scratch) / "out.binpb"
        rules.write_bytes(closure([validate_pb2.DESCRIPTOR]).SerializeToString())
        include = [f"-I{PROTO}", f"-I{Path(grpc_tools.__file__).parent / '_proto'}"]
        source = ["--include_source_info"] if comments else []
        run_protoc(
            *include,
            f"--descriptor_set_in={rules}",
            "--include_imports",
            *source,
            f"--descriptor_set_out={out}",
            *names(),
        )
        return FileDescriptorSet.FromString(out.read_bytes())


def check(files: FileDescriptorSet) -> None:
    """Raise ProtoError for a name that Flyte reads itself, and for a message's rule that names none of its fields."""
    for file in files.file:
        if file.name.startswith("larkspur/"):
            for message in file.message_type:
                check_message(f"{file.name}: {message.name}", message)


def check_message(where: str, message: DescriptorProto) -> None:
    for field in message.field:
        if taken := RESERVED & {field.name, field.json_name}:
            text = f"{where}.{field.name}: Flyte 2 reads {min(taken)!r} in TaskTemplate.custom itself"
            raise ProtoError(f"{text}: give the field another name")
    fields = [field.name for field in message.field]
    for rule in message.options.Extensions[validate_pb2.message].cel:
        if rule.id not in fields:
            text = f"{where}: the id of a rule is {rule.id!r}, and an error names a field by it"
            raise ProtoError(f"{text}: it must be one of {', '.join(fields)}")
    for inner in message.nested_type:
        check_message(f"{where}.{inner.name}", inner)
