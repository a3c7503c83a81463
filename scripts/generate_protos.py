"""What is generated, from what, and where does it go?

    proto/larkspur/v1/*.proto   -> go/gen/larkspur
                                   sdk/flytekitplugins-larkspur/src/larkspur_spec/v1
                                   sdk/larkspur-console/src/gen, and what the site loads of that package
    descriptors in flyteidl     -> go/connector/gen/flyteidl   (the API of Flyte 1)
    descriptors in flyteidl2    -> go/connector/gen/flyteidl2  (the API of Flyte 2)

Run it by ``nox -s generate``; with ``--check`` it writes nothing and fails if a checked-in file is stale or was edited.
protoc comes with grpcio-tools. Its plugins are pinned in go/tools/go.mod, and in the package-lock.json of the console.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

# part:job begin
import devkit.console as console

# part:job end
from devkit import checked_in, protos, protos_flyte, protos_languages, protos_rules
from devkit.toolchain import ROOT, ToolchainError

TARGETS = [  # folders that hold generated files and nothing else
    "go/gen/larkspur",
    "go/connector/gen/flyteidl",
    "go/connector/gen/flyteidl2",
    "sdk/flytekitplugins-larkspur/src/larkspur_spec/v1",
    # part:job begin
    *console.made(console.TYPES),
    # part:job end
    # part:book begin
    *console.made(console.BUNDLE),
    # part:book end
]
FLYTE = {  # package -> where its API for connectors begins; core.errors is what tasks write when they fail (error.pb)
    "flyteidl": ["flyteidl.service.agent_pb2", "flyteidl.core.errors_pb2"],
    "flyteidl2": ["flyteidl2.connector.service_pb2"],
}


def generate(out: Path) -> None:
    """Write every target below `out`."""
    ours = protos.image()
    protos.check(ours)
    protos_rules.check(ours)
    with protos_languages.go_plugins():
        protos_languages.go(ours, protos.names(), out / "go/gen", "example.com/larkspur/gen")
        for package, roots in FLYTE.items():
            protos_flyte.go(package, roots, out / "go/connector/gen", "example.com/flyteconnector/gen")
    protos_languages.python(ours, out / "sdk/flytekitplugins-larkspur/src", "larkspur_spec")
    # part:job begin
    console.typescript(ours, out)
    # part:job end
    # part:book begin
    console.bundle(out)
    # part:book end


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="nox -s generate --", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail where a checked-in file differs"
    )
    arguments = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as scratch:
        generate(Path(scratch))
        if arguments.check:
            found = checked_in.check(Path(scratch), ROOT, TARGETS)
            again = [*found, "generate: these are not what their source says; make generate writes them anew"]
            print("\n".join(again) if found else "generate: every generated file is as its source says")
            return 1 if found else 0
        checked_in.replace(Path(scratch), ROOT, TARGETS)
    print("\n".join(f"generate: {target}" for target in TARGETS))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (protos.ProtoError, ToolchainError) as error:
        sys.exit(f"generate: {error}")
