"""What does a change of a JSON Schema or an OpenAPI document do to values from before it, and which tool warns?

The same changes as those of the protos (devkit.evolution), as far as a schema can say them. Of the values, the Python
validator is asked; for OpenAPI, oasdiff compares the documents. For JSON Schema alone we use no such tool.
"""

from __future__ import annotations

import copy
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import jsonschema

from devkit import toolchain
from devkit.alternatives_readers import PLACE, json_schema, openapi, words
from devkit.evolution import Change, Json
from devkit.toolchain import ToolchainError


def parts(document: Json) -> Json:
    """Return what a change names by its path: ``Job`` and ``DoneWhen``, in a JSON Schema or an OpenAPI document."""
    if "components" in document:
        return document["components"]["schemas"]
    return {"Job": document, "DoneWhen": document["$defs"]["DoneWhen"]}


def apply(document: Json, change: Change) -> Json:
    """Return a document after a change; raises ToolchainError when a path of it leads nowhere."""
    result = copy.deepcopy(document)
    for verb, path, *rest in change.schema:
        try:
            place, key = find(parts(result), path)
            if verb == "set":
                place[key] = rest[0]
            elif verb == "move":
                target, name = find(parts(result), rest[0])
                target[name] = place.pop(key)
            elif verb == "delete":  # a format is in OpenAPI only
                place.pop(key) if key != "format" else place.pop(key, None)
            else:
                raise ToolchainError(f"{change.name}: no verb {verb!r}: want set, move or delete")
        except KeyError as error:
            raise ToolchainError(f"{change.name}: {verb} {path}: the schema has no {error}") from error
    return result


def find(place: Json, path: str) -> tuple[Json, str]:
    *way, key = path.split("/")
    for name in way:
        place = place[name]
    return place, key


def values(change: Change, old: Json, registered: dict[str, Json]) -> Json:
    """Return what the validator says to values from before, and to a new one with the schema from before."""
    new = jsonschema.Draft202012Validator(apply(old, change))
    said = [words(new.validate, value) for value in registered.values()]
    return {
        "old_task": next(filter(None, said), "as before"),
        "new_task": words(jsonschema.Draft202012Validator(old).validate, change.sets) or "as before",
    }


def oasdiff(old: Json, new: Json) -> list[str]:
    """Return what oasdiff finds in a changed document, as "LEVEL rule"; infos are no warnings."""
    go = toolchain.go()
    with tempfile.TemporaryDirectory() as scratch:
        paths = [Path(scratch) / "old.json", Path(scratch) / "new.json"]
        for path, document in zip(paths, (old, new), strict=True):
            path.write_text(json.dumps(document), encoding="utf-8")
        command = [go.command, "tool", "oasdiff", "breaking", "--format", "json", *map(str, paths)]
        done = subprocess.run(command, cwd=PLACE, env=go.env, capture_output=True, text=True)
    if done.returncode:
        raise ToolchainError(f"oasdiff: {done.stderr.strip()}")
    levels = {2: "warning", 3: "error"}
    return sorted({f"{levels[one['level']]} {one['id']}" for one in json.loads(done.stdout) or []})


def warnings(change: Change) -> list[str]:
    return oasdiff(openapi(), apply(openapi(), change))


def results(change: Change, registered: dict[str, Any]) -> Json | None:
    """Return what a change of the schema does to values, or None where a schema cannot say the change."""
    return values(change, json_schema(), registered) if change.schema else None
