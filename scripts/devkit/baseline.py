"""Do the protos keep the promises of the last release? `nox -s baseline`, and `nox -s lint` with it.

proto/baseline.json holds our messages as they were released: a set of file descriptors, as JSON, without comments and
rules. buf compares with it as proto/buf.yaml says, and looks at the style. `-- --release` writes it anew.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import yaml
from google.protobuf import json_format
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from devkit import buf, protos
from devkit.protos_flyte import strip
from devkit.toolchain import ROOT, ToolchainError

BASELINE = ROOT / "proto" / "baseline.json"
CONFIG = ROOT / "proto" / "buf.yaml"


def bare(files: FileDescriptorSet) -> FileDescriptorSet:
    """Return our files, and what they import, without what buf does not compare: comments, and rules."""
    result = FileDescriptorSet()
    result.CopyFrom(files)
    protos.forget(result, (protos.RULES,))
    imported = {name for file in result.file if file.name in protos.names() for name in file.dependency}
    for file in list(result.file):
        if file.name not in imported | set(protos.names()):
            result.file.remove(file)
        file.ClearField("source_code_info")
        strip(file)
    return result


def written(files: FileDescriptorSet) -> str:
    return json_format.MessageToJson(bare(files), indent=1) + "\n"


def breaches(files: FileDescriptorSet, baseline: str) -> list[str]:
    """Return what buf says of these files: of their style, and of their difference from a baseline's text."""
    config = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        now, old = Path(scratch) / "now.binpb", Path(scratch) / "old.json"
        now.write_bytes(files.SerializeToString())
        old.write_text(baseline, encoding="utf-8")
        style = buf.run("lint", str(now), "--config", str(CONFIG))
        found = [one for one in style if one["path"] in protos.names()]  # what we import is not ours to mend
        for category in config["breaking"]["use"]:
            found += buf.complaints(old, now, category)
    return [
        f"proto/{one.get('path', '')}:{one.get('start_line', 1)}: {one['type']}: {one['message']}"
        for one in found
    ]


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="nox -s baseline --", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--release", action="store_true", help="from now on, compare with the protos as they are"
    )
    arguments = parser.parse_args(words)
    files = protos.image()
    if arguments.release:
        BASELINE.write_text(written(files), encoding="utf-8")
        print(f"baseline: {BASELINE.relative_to(ROOT)} is what the protos say now")
        return 0
    found = breaches(files, BASELINE.read_text(encoding="utf-8"))
    print("\n".join([*found, f"baseline: {len(found)} breaches of proto/buf.yaml since the last release"]))
    if found:
        print("baseline: nobody has a release with this message yet? Then: make baseline ARGS=--release")
    return 1 if found else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolchainError as error:
        sys.exit(f"baseline: {error}")
