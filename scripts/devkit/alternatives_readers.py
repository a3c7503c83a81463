"""What does each reader of a specification say to a value? The readers of `nox -s alternatives`, in three languages.

A reader answers with the words of its refusal, or with nothing. It is Protobuf, a validator of JSON Schema or of
OpenAPI, or the types that a program has generated from one of them. The values are given as JSON has them.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import protovalidate
import pydantic
import yaml
from google.protobuf import json_format
from openapi_schema_validator import OAS31Validator

from devkit import evolution, node, protos, toolchain
from devkit.toolchain import ROOT
from larkspur_spec.v1 import job_pb2

PLACE = ROOT / "examples" / "alternatives"
FIXTURES = (
    ROOT / "proto" / "fixtures" / "messages"
)  # job_accepted.json, job_refused.json: read by every language
Values = dict[str, Any]  # name -> the value
Verdicts = dict[
    str, dict[str, str]
]  # reader -> name of the value -> the words of the refusal, "" where there is none


def fixtures(verdict: str) -> dict[str, Any]:
    """Return the values that a connector accepts, or refuses, by name. Whole numbers are as Go writes a Struct: 4.

    Python writes 4.0 there, and values.json has such a one.
    """
    table = json.loads((FIXTURES / f"job_{verdict}.json").read_text(encoding="utf-8"))
    return {
        one["name"]: {key: whole(value) for key, value in one["custom"].items()} for one in table["cases"]
    }


def whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def values() -> dict[str, dict[str, Any]]:
    """Return what the readers are given, by name, with what it is under ``is`` and the JSON under ``value``.

    It is "accepted" or "refused" in the fixtures of the protos, and in values.json what is odd about it.
    """
    found = {
        f"{verdict}: {name}": {"is": verdict, "value": value}
        for verdict in ("accepted", "refused")
        for name, value in fixtures(verdict).items()
    }
    return found | json.loads((PLACE / "values.json").read_text(encoding="utf-8"))


def generated(name: str) -> ModuleType:
    """Import a file of generated/, which is no package."""
    spec = importlib.util.spec_from_file_location(f"alternatives_{name}", PLACE / "generated" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.Job.model_rebuild(_types_namespace=vars(module))
    return module


def words(read: Callable[[Any], object], value: Any) -> str:
    """Return what a reader's exception says, on one line, or nothing."""
    try:
        read(value)
    except pydantic.ValidationError as error:
        return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
    except (jsonschema.ValidationError, json_format.ParseError, ValueError) as error:
        return " ".join(getattr(error, "message", str(error)).split())
    return ""


def json_schema() -> dict[str, Any]:
    return json.loads((PLACE / "job.schema.json").read_text(encoding="utf-8"))


def openapi() -> dict[str, Any]:
    return yaml.safe_load((PLACE / "job.openapi.yaml").read_text(encoding="utf-8"))


def by_openapi(document: dict[str, Any]) -> OAS31Validator:
    """Return a validator of the Job of an OpenAPI document."""
    return OAS31Validator({"$ref": "#/components/schemas/Job", "components": document["components"]})


def obeyed(value: Any) -> None:
    """Read a value as Protobuf, and enforce the rules; the id of a rule is the field that it is about."""
    broken = protovalidate.collect_violations(json_format.ParseDict(value, job_pb2.Job()))
    if broken:
        raise ValueError("; ".join(f"{one.proto.rule_id}: {one.proto.message}" for one in broken))


def python(given: Values) -> Verdicts:
    typed = generated("jobschema").Job
    readers = {
        "protobuf-python": lambda value: json_format.ParseDict(value, job_pb2.Job()),
        "protobuf-python-rules": obeyed,
        "jsonschema-python": jsonschema.Draft202012Validator(json_schema()).validate,
        "jsonschema-python-types": typed.model_validate,
        "jsonschema-python-types-strict": lambda value: typed.model_validate_json(
            json.dumps(value), strict=True
        ),
        "openapi-python": by_openapi(openapi()).validate,
        "openapi-python-types": generated("jobapi").Job.model_validate,
    }
    return {
        name: {case: words(read, value) for case, value in given.items()} for name, read in readers.items()
    }


def answer(command: list[str], given: Values, cwd: Path, env: dict[str, str]) -> Verdicts:
    """Run a program of examples/alternatives that reads values and writes verdicts."""
    done = subprocess.run(
        command, cwd=cwd, env=env, input=json.dumps(given), stdout=subprocess.PIPE, text=True, check=True
    )
    said = json.loads(done.stdout)
    return {reader: {case: " ".join(found[case].split()) for case in given} for reader, found in said.items()}


def go(given: Values) -> Verdicts:
    tool, about = toolchain.go(), (protos.image(), evolution.MESSAGE, given)
    by_connector = {
        case: evolution.told(one)
        for case, one in evolution.decoded({"protobuf-go": about})["protobuf-go"].items()
    }
    found = answer([tool.command, "run", "./verdicts", "job.schema.json"], given, PLACE, tool.env)
    return {"protobuf-go": {case: by_connector[case] for case in given}} | found


def javascript(given: Values) -> Verdicts:
    tool = node.node()
    node.modules(PLACE, tool)
    return answer([tool.command, "verdicts.mjs", "."], given, PLACE, tool.env)


LANGUAGES = {"python": python, "go": go, "javascript": javascript}


def verdicts(languages: tuple[str, ...] = tuple(LANGUAGES)) -> Verdicts:
    """Return what the readers of these languages say to all values."""
    given = {name: one["value"] for name, one in values().items()}
    found: Verdicts = {}
    for language in languages:
        found |= LANGUAGES[language](given)
    return found
