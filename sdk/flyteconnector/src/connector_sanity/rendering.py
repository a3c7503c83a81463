"""What does Flyte's engine fill into a request before it sends it? The template variables in a container's arguments.

Both engines fill in a container's arguments, and nothing else of it. Of a PodSpec (target k8sPod) Flyte 2 and 1.16.0 to
1.16.6 fill in nothing, later ones all: as some do not, this double does not. Flyte 1.16.8 and 2, flyteplugins:
pluginmachinery/core/template/template.go and plugins/webapi/connector/plugin.go; the values of 2 were measured.
"""

from __future__ import annotations

import re
from typing import Any

from flyteidl.core import literals_pb2

VARIABLE = re.compile(r"\{\{\s*[.$](\w+(?:\.[^}\s]+)?)\s*\}\}")
CHECKPOINTS = "_flytecheckpoints"


def rendered(request: Any) -> Any:
    """Return a copy of a CreateTaskRequest of either Flyte, as its engine would send it.

    A variable that the engine does not have is left, such as Flyte 2's `{{.runName}}`: the connector gets it. So is an
    input that the task has not, for which a real engine would give the attempt up before CreateTask.
    """
    made = type(request)()
    made.CopyFrom(request)
    if made.template.HasField("container"):
        known = values(request)
        arguments = made.template.container.args
        # Once: what an input's text contains is not looked into again.
        arguments[:] = [
            VARIABLE.sub(lambda found: known.get(key(found[1]), found[0]), each) for each in arguments
        ]
    return made


def key(name: str) -> str:
    """Return a variable's name as `values` has it: case matters in the name of an input, and nowhere else."""
    first, dot, rest = name.partition(".")
    return first.lower() + dot + rest


def values(request: Any) -> dict[str, str]:
    """Return what each variable of a request stands for."""
    prefix, identity = str(request.output_prefix), request.task_execution_metadata
    folder, _, last = prefix.rpartition("/")
    attempt = identity.task_execution_id.retry_attempt
    flyte2 = request.DESCRIPTOR.full_name.startswith("flyteidl2.")
    inputs = f"{folder}/offloaded-inputs" if flyte2 else folder  # never below the attempt's own prefix
    previous = f"{folder}/{int(last) - 1}/{CHECKPOINTS}" if attempt and last.isdigit() else '""'
    return {
        "input": f"{inputs}/inputs.pb",
        "inputprefix": inputs,
        "outputprefix": prefix,
        "rawoutputdataprefix": prefix if flyte2 else f"{prefix}/raw_output",
        "checkpointoutputprefix": f"{prefix}/{CHECKPOINTS}",
        "prevcheckpointprefix": previous,
        "perretryuniquekey": re.sub(r"\W", "_", prefix),
        "namespace": identity.namespace,
        **{f"inputs.{name}": value for name, value in texts(request.inputs, flyte2).items()},
    }


def texts(inputs: Any, flyte2: bool) -> dict[str, str]:
    """Return the inputs that a text can stand for, by name: simple values, and the addresses of files."""
    literals = {each.name: each.value for each in inputs.literals} if flyte2 else dict(inputs.literals)
    found = {}
    for name, literal in literals.items():
        scalar = literals_pb2.Literal.FromString(literal.SerializeToString()).scalar
        if scalar.HasField("blob"):
            found[name] = scalar.blob.uri
        elif kind := scalar.primitive.WhichOneof("value"):
            value = getattr(scalar.primitive, kind)
            found[name] = str(value).lower() if kind == "boolean" else _text(value)
    return found


def _text(value: Any) -> str:
    # A time and a duration are messages, which have a text of JSON.
    return str(value.ToJsonString() if hasattr(value, "ToJsonString") else value)
