"""What is generated, from what, and where does it go?

    proto/larkspur/v1/*.proto       -> go/gen/larkspur/v1, sdk/flytekitplugins-larkspur/src/larkspur_spec/v1
    the descriptors in flyteidl     -> go/connector/gen/flyteidl   (the API of Flyte 1)
    the descriptors in flyteidl2    -> go/connector/gen/flyteidl2  (the API of Flyte 2)

Run it by ``nox -s generate``; with ``--check`` it writes nothing and fails if a checked-in file is stale or was edited.
"""

from __future__ import annotations

import argparse
import filecmp
import importlib
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import grpc_tools
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.message import Message
from grpc_tools import protoc

from devkit import toolchain

ROOT = Path(__file__).resolve().parent.parent
OURS = sorted((ROOT / "proto/larkspur").rglob("*.proto"))
TARGETS = [
    "go/gen/larkspur",
    "go/connector/gen/flyteidl",
    "go/connector/gen/flyteidl2",
    "sdk/flytekitplugins-larkspur/src/larkspur_spec/v1",
]
GO_OURS = "example.com/larkspur/gen"
GO_FLYTE = "example.com/flyteconnector/gen"
# Package -> where its API for connectors begins. flyteidl.core.errors is what tasks write when they fail (error.pb).
FLYTE_ROOTS = {
    "flyteidl": ["flyteidl.service.agent_pb2", "flyteidl.core.errors_pb2"],
    "flyteidl2": ["flyteidl2.connector.service_pb2"],
}
# What only the custom options are made of: HTTP annotations and validation rules, which no connector uses.
DROP = ("google/api/", "protoc-gen-openapiv2/", "buf/validate/")
FLYTE_README = """# {title}

Generated from the descriptors in the Apache-2.0 package {package} {version} by `scripts/generate_protos.py`; only what
its API for connectors needs, without HTTP annotations and validation rules. Do not edit: `nox -s generate` deletes and
rebuilds this folder.

It is checked in because building a connector must need Go and nothing else; `nox -s generate -- --check` fails where it
differs from its source. Flyte's own Go modules would register the same names, which panics at start: never link both.
"""


def install_go_plugins(folder: Path) -> None:
    """Build protoc's Go plugins, at the versions of go/tools/go.mod, and put them on PATH."""
    go = toolchain.go()
    subprocess.run(
        [go.command, "install", "tool"],
        cwd=ROOT / "go/tools",
        env=go.env | {"GOBIN": str(folder)},
        check=True,
    )
    os.environ["PATH"] = os.pathsep.join([str(folder), os.environ["PATH"]])


def run_protoc(*args: str) -> None:
    """Run protoc; its own message stands on stderr already when it fails."""
    if protoc.main(["protoc", *args]):
        raise SystemExit("generate: protoc refused; see its message above")


def generate_ours(out: Path) -> None:
    """Our messages for Go and Python."""
    well_known = f"-I{Path(grpc_tools.__file__).parent / '_proto'}"
    names = [str(p.relative_to(ROOT / "proto")) for p in OURS]
    maps = [f"--go_opt=M{n}={GO_OURS}/{Path(n).parent};larkspurv1" for n in names]
    (out / "go/gen").mkdir(parents=True)
    run_protoc(
        f"-I{ROOT / 'proto'}",
        well_known,
        f"--go_out={out / 'go/gen'}",
        f"--go_opt=module={GO_OURS}",
        *maps,
        *names,
    )
    # A virtual include puts the module where Python imports it, without touching the message's own name.
    src = out / "sdk/flytekitplugins-larkspur/src"
    src.mkdir(parents=True)
    virtual = [n.replace("larkspur/", "larkspur_spec/", 1) for n in names]
    include = f"-Ilarkspur_spec={ROOT / 'proto/larkspur'}"
    run_protoc(include, well_known, f"--python_out={src}", f"--pyi_out={src}", *virtual)


def strip(message: Message) -> None:
    """Take the custom options out of a descriptor; what is on the wire does not depend on them."""
    for field, value in message.ListFields():
        if field.name == "options":
            for option, _ in value.ListFields():
                if option.is_extension:
                    value.ClearExtension(option)
            value.DiscardUnknownFields()
            if not value.ByteSize():
                message.ClearField("options")
        elif field.type == field.TYPE_MESSAGE:
            for part in value if field.is_repeated else [value]:
                strip(part)


def flyte_descriptors(roots: list[str]) -> FileDescriptorSet:
    """The files that an API of Flyte consists of, dependencies first, without custom options."""
    seen: set[str] = set()
    files = FileDescriptorSet()

    def add(descriptor: FileDescriptor) -> None:
        if descriptor.name in seen or descriptor.name.startswith(DROP):
            return
        seen.add(descriptor.name)
        for dependency in descriptor.dependencies:
            add(dependency)
        descriptor.CopyToProto(files.file.add())

    for name in roots:
        add(importlib.import_module(name).DESCRIPTOR)
    for file in files.file:
        kept = [d for d in file.dependency if not d.startswith(DROP)]
        file.ClearField("dependency")
        file.dependency.extend(kept)
        strip(file)
    return files


def generate_flyte(out: Path, package: str) -> None:
    """Flyte's API for Go; the wheels have descriptors but no .proto files."""
    files = flyte_descriptors(FLYTE_ROOTS[package])
    names = [f.name for f in files.file if f.name.startswith(f"{package}/")]
    target = out / "go/connector/gen"
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(suffix=".binpb") as descriptors:
        descriptors.write(files.SerializeToString())
        descriptors.flush()
        options = []
        for plugin in ("go", "go-grpc"):
            options += [f"--{plugin}_out={target}", f"--{plugin}_opt=module={GO_FLYTE}"]
            options += [f"--{plugin}_opt=M{n}={GO_FLYTE}/{Path(n).parent}" for n in names]
        run_protoc(f"--descriptor_set_in={descriptors.name}", *options, *names)
    title = f"Flyte {2 if package == 'flyteidl2' else 1}'s API for connectors"
    text = FLYTE_README.format(title=title, package=package, version=version(package))
    (target / package / "README.md").write_text(text)


def differences(fresh: Path, tree: Path) -> list[str]:
    """Paths that differ between what was generated now and what is checked in, with how they differ."""
    new = {p.relative_to(fresh) for p in fresh.rglob("*") if p.is_file()}
    old = {p.relative_to(tree) for p in tree.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    found = [f"{p}: missing" for p in new - old] + [f"{p}: not generated any more" for p in old - new]
    found += [
        f"{p}: stale or edited" for p in new & old if not filecmp.cmp(fresh / p, tree / p, shallow=False)
    ]
    return sorted(found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if a checked-in file differs"
    )
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        install_go_plugins(Path(scratch) / "bin")
        out = Path(scratch) / "out"
        generate_ours(out)
        for package in FLYTE_ROOTS:
            generate_flyte(out, package)
        if args.check:
            found = [f"{t}/{d}" for t in TARGETS for d in differences(out / t, ROOT / t)]
            print("\n".join(found) or "generate: every generated file is as its source says")
            return 1 if found else 0
        for target in TARGETS:
            shutil.rmtree(ROOT / target, ignore_errors=True)
            shutil.copytree(out / target, ROOT / target)
            print(f"generate: {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
