"""Can the rules of our messages be understood? buf compiles each, so that no user's task is the first to try."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from devkit import buf, protos

CONFIG = json.dumps({"version": "v2", "lint": {"use": ["PROTOVALIDATE"]}})


def check(files: FileDescriptorSet) -> None:
    """Raise ProtoError for a rule that is no CEL, or speaks of a field that does not exist; the error says where."""
    with tempfile.NamedTemporaryFile(suffix=".binpb") as file:
        Path(file.name).write_bytes(files.SerializeToString())
        found = buf.run("lint", file.name, "--config", CONFIG)
    lines = [
        f"proto/{one['path']}:{one.get('start_line', 1)}: {one['message']}"
        for one in found
        if one["path"] in protos.names()
    ]
    if lines:
        raise protos.ProtoError("\n  ".join(["a rule cannot be understood", *lines]))
