"""Which types do well-kept programs make of the JSON Schema and the OpenAPI document in examples/alternatives?

Python's come from datamodel-code-generator, Go's from go-jsonschema and oapi-codegen (pinned in go.mod there),
TypeScript's from json-schema-to-typescript and openapi-typescript (pinned in package-lock.json there).
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from devkit import node, toolchain
from devkit.alternatives_readers import PLACE
from devkit.toolchain import ROOT

GENERATED = PLACE / "generated"
# What counts as a specification, and which files are made of it, by language.
SOURCES = {
    "protobuf": ROOT / "proto/larkspur/v1/job.proto",
    "jsonschema": PLACE / "job.schema.json",
    "openapi": PLACE / "job.openapi.yaml",
}
PYTHON = ROOT / "sdk/flytekitplugins-larkspur/src/larkspur_spec/v1"
TYPES = {
    "protobuf": {
        "python": [PYTHON / "job_pb2.py", PYTHON / "job_pb2.pyi"],
        "go": [ROOT / "go/gen/larkspur/v1/job.pb.go"],
        "typescript": [ROOT / "sdk/larkspur-console/src/gen/larkspur/v1/job_pb.ts"],
    },
    "jsonschema": {
        "python": [GENERATED / "jobschema.py"],
        "go": [GENERATED / "jobschema/job.go"],
        "typescript": [GENERATED / "jobschema.d.ts"],
    },
    "openapi": {
        "python": [GENERATED / "jobapi.py"],
        "go": [GENERATED / "jobapi/job.go"],
        "typescript": [GENERATED / "jobapi.d.ts"],
    },
}
PYDANTIC = (
    *(
        "--output-model-type",
        "pydantic_v2.BaseModel",
        "--target-python-version",
        "3.11",
        "--formatters",
        "builtin",
    ),
    *("--disable-timestamp", "--use-annotated", "--use-schema-description"),
    *("--snake-case-field", "--allow-population-by-field-name"),
)
GO_MODULES = (
    "github.com/atombender/go-jsonschema",
    "github.com/oapi-codegen/oapi-codegen/v2",
    "github.com/oasdiff/oasdiff",
    "github.com/santhosh-tekuri/jsonschema/v6",
)
BANNER = "/* Generated from job.schema.json by json-schema-to-typescript. Do not edit. */"


def commands(out: Path) -> Iterator[tuple[list[str], dict[str, str] | None]]:
    """Yield what makes every file, with its environment; all of them run in examples/alternatives."""
    codegen = str(Path(sys.executable).with_name("datamodel-codegen"))
    for kind, source, file in (
        ("jsonschema", "job.schema.json", "jobschema.py"),
        ("openapi", "job.openapi.yaml", "jobapi.py"),
    ):
        words = ["--input", source, "--input-file-type", kind, "--output", str(out / file)]
        yield [codegen, *words, *PYDANTIC], None
    go = toolchain.go()
    words = ["-p", "jobschema", "--struct-name-from-title", "-o", str(out / "jobschema/job.go")]
    yield [go.command, "tool", "go-jsonschema", *words, "job.schema.json"], go.env
    words = ["-config", "oapi-codegen.yaml", "-o", str(out / "jobapi/job.go")]
    yield [go.command, "tool", "oapi-codegen", *words, "job.openapi.yaml"], go.env
    tool = node.node()
    programs = node.modules(PLACE, tool) / ".bin"
    words = ["-i", "job.schema.json", "-o", str(out / "jobschema.d.ts"), "--bannerComment", BANNER]
    yield [str(programs / "json2ts"), *words], tool.env
    # Else a field with a default counts as one that must be there: right for answers, wrong for what a user sends.
    words = ["--default-non-nullable", "false", "-o", str(out / "jobapi.d.ts")]
    yield [str(programs / "openapi-typescript"), "job.openapi.yaml", *words], tool.env


def generate(out: Path) -> None:
    """Write all generated files below `out`; raises CalledProcessError when a program fails."""
    for package in ("jobschema", "jobapi"):
        (out / package).mkdir(parents=True)
    for command, env in commands(out):
        subprocess.run(command, cwd=PLACE, env=env, stdout=subprocess.DEVNULL, check=True)


def replace(out: Path) -> None:
    """Put what was generated in the place of what is checked in."""
    shutil.rmtree(GENERATED, ignore_errors=True)
    shutil.copytree(out, GENERATED)


def lines(path: Path) -> int:
    """Count the lines that say something: neither blank nor a comment alone."""
    text = path.read_text(encoding="utf-8").splitlines()
    return sum(1 for line in text if line.strip() and not re.match(r"\s*(//|/?\*|#|\"\"\")", line))


def sizes() -> dict[str, dict[str, int]]:
    """Return the lines of each specification, and of the types made of it."""
    return {
        name: {"spec": lines(source)}
        | {language: sum(map(lines, files)) for language, files in TYPES[name].items()}
        for name, source in SOURCES.items()
    }


def versions() -> dict[str, str]:
    """Return the versions of the programs and libraries behind all this, by their locks."""
    names = ("protobuf", "protovalidate", "buf-bin", "datamodel-code-generator", "pydantic", "jsonschema")
    found = {name: importlib.metadata.version(name) for name in (*names, "openapi-schema-validator")}
    modules = dict(
        re.findall(r"^\s*(?:require )?(\S+) v(\S+)", (PLACE / "go.mod").read_text(encoding="utf-8"), re.M)
    )
    for name in GO_MODULES:
        found[name.removeprefix("github.com/")] = modules[name]
    return found | json.loads((PLACE / "package.json").read_text(encoding="utf-8"))["devDependencies"]
