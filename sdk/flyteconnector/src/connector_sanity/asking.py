"""What can a task ask for? These write it into a CreateTaskRequest, whichever target the profile's template has."""

from __future__ import annotations

from typing import Any

from google.protobuf import json_format

from connector_sanity.part import Json


def env(request: Any, name: str, value: str) -> None:
    """Add a variable to the environment of the task's first container."""
    template = request.template
    if template.HasField("container"):
        template.container.env.add(key=name, value=value)
    elif template.HasField("k8s_pod"):
        spec = json_format.MessageToDict(template.k8s_pod.pod_spec)
        spec["containers"][0].setdefault("env", []).append({"name": name, "value": value})
        json_format.ParseDict(spec, template.k8s_pod.pod_spec)
    else:
        request.task_execution_metadata.environment_variables[name] = value


def argument(request: Any, text: str) -> None:
    """Add an argument to the task's first container."""
    template = request.template
    if template.HasField("k8s_pod"):
        spec = json_format.MessageToDict(template.k8s_pod.pod_spec)
        spec["containers"][0].setdefault("args", []).append(text)
        json_format.ParseDict(spec, template.k8s_pod.pod_spec)
    else:
        template.container.args.append(text)


def text_input(request: Any, name: str, value: str) -> None:
    """Give the task an input, a text, of which Flyte 1 and 2 have different messages."""
    if request.inputs.DESCRIPTOR.full_name == "flyteidl.core.LiteralMap":
        literal = request.inputs.literals[name]
    else:
        literal = request.inputs.literals.add(name=name).value
    literal.scalar.primitive.string_value = value


def custom(request: Any, more: Json) -> None:
    """Merge settings into the template's `custom`."""
    merged = joined(json_format.MessageToDict(request.template.custom), more)
    json_format.ParseDict(merged, request.template.custom)


def pod_spec(request: Any, more: Json) -> None:
    """Merge fields into the PodSpec of a template with the target k8sPod, lists item by item."""
    merged = joined(json_format.MessageToDict(request.template.k8s_pod.pod_spec), more)
    json_format.ParseDict(merged, request.template.k8s_pod.pod_spec)


def joined(old: Any, more: Any) -> Any:
    """Return both: maps by their keys, lists item by item, and of two other values the second."""
    if isinstance(old, dict) and isinstance(more, dict):
        return old | {key: joined(old.get(key), value) for key, value in more.items()}
    if isinstance(old, list) and isinstance(more, list):
        common = [joined(one, other) for one, other in zip(old, more, strict=False)]
        return common + old[len(common) :] + more[len(common) :]
    return more
