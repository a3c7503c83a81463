"""How do compiled .proto files become Go and Python?"""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from devkit import protos, toolchain
from devkit.toolchain import ROOT


@contextlib.contextmanager
def go_plugins() -> Iterator[None]:
    """Have protoc's Go plugins on PATH, built at the versions of go/tools/go.mod."""
    go, path = toolchain.go(), os.environ["PATH"]
    with tempfile.TemporaryDirectory() as folder:
        command = [go.command, "install", "tool"]
        subprocess.run(command, cwd=ROOT / "go/tools", env=go.env | {"GOBIN": folder}, check=True)
        os.environ["PATH"] = os.pathsep.join([folder, path])
        try:
            yield
        finally:
            os.environ["PATH"] = path


@contextlib.contextmanager
def descriptors(files: FileDescriptorSet) -> Iterator[str]:
    """Give protoc the files, compiled: as its argument."""
    with tempfile.NamedTemporaryFile(suffix=".binpb") as file:
        file.write(files.SerializeToString())
        file.flush()
        yield f"--descriptor_set_in={file.name}"


def go(
    files: FileDescriptorSet, names: list[str], out: Path, package: str, plugins: tuple[str, ...] = ("go",)
) -> None:
    """Write Go for the files called `names` below `out`, whose Go package is `package`.

    A folder such as larkspur/v1 gives the package larkspurv1: v1 alone would say nothing.
    """
    out.mkdir(parents=True, exist_ok=True)
    options = []
    for plugin in plugins:
        options += [f"--{plugin}_out={out}", f"--{plugin}_opt=module={package}"]
        options += [f"--{plugin}_opt=M{name}={package}/{go_name(Path(name).parent)}" for name in names]
    with descriptors(files) as given:
        protos.run_protoc(given, *options, *names)


def go_name(folder: Path) -> str:
    """Return a folder, with the name of its Go package where the last part of the folder is only a version."""
    version = folder.name.startswith("v") and folder.name[1:].isdigit()
    return f"{folder.as_posix()};{folder.parent.name}{folder.name}" if version else folder.as_posix()


def python(files: FileDescriptorSet, out: Path, package: str) -> None:
    """Write Python for our files below `out`, in `package`: another name of the file, the same of the message.

    The rules stay in the descriptor, where protovalidate reads them. But the import of their declaration goes: no
    package that a user must have brings that module, and protovalidate needs none.
    """
    given = FileDescriptorSet()
    given.CopyFrom(files)
    protos.forget(given, (protos.RULES,))
    for file in given.file:
        file.ClearField("source_code_info")
        if file.name in protos.names():
            file.name = "/".join([package, *file.name.split("/")[1:]])
    out.mkdir(parents=True, exist_ok=True)
    ours = [file.name for file in given.file if file.name.startswith(f"{package}/")]
    with descriptors(given) as argument:
        protos.run_protoc(argument, f"--python_out={out}", f"--pyi_out={out}", *ours)
