"""Which pod does Flyte make of an ordinary task, and how does it read how far the pod is?

This PLAYS Flyte's pod plugin (task types python-task, container, raw-container, sidecar), so that such a task can run
on the local cluster. It follows what was read in Flyte 1's code (flyteplugins, plugins/k8s/pod/plugin.go and
pluginmachinery/flytek8s). It has no platform: no default resources, tolerations or PodTemplates of a cluster, no
secrets, no accelerators, and no co-pilot.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from flyteidl.admin.agent_pb2 import CreateTaskRequest
from flyteidl.core import tasks_pb2
from google.protobuf import json_format

PRIMARY = "primary_container_name"  # annotation of a pod, and key of a template's config
SIDECAR, RAW = "sidecar", "raw-container"  # the task types that Flyte treats in their own way
RESOURCES = {
    "CPU": "cpu",
    "MEMORY": "memory",
    "GPU": "nvidia.com/gpu",
    "EPHEMERAL_STORAGE": "ephemeral-storage",
}
INPUT = re.compile(r"\{\{\s*[.$]inputs\.([^}\s]+)\s*\}\}", re.IGNORECASE)
INITIAL = ("ContainerCreating", "PodInitializing", "ErrImagePull", "ImagePullBackOff", "CreateContainerError")


class Phase(NamedTuple):
    """What Flyte shows: QUEUED, INITIALIZING, RUNNING, SUCCEEDED, RETRYABLE_FAILED or FAILED; and why."""

    name: str
    reason: str = ""


def manifest(request: CreateTaskRequest, name: str) -> dict[str, Any]:
    """Return the pod of one attempt.

    Args:
        request: As the engine has it, with the variables of the container filled in (flyteconnector.flyte1.request).
        name: Of the pod.

    Raises:
        ValueError: The task has no pod, or needs what is not played.
    """
    template, metadata = request.template, request.task_execution_metadata
    if template.HasField("container"):
        spec, own, primary = {"containers": [_container(template, name)]}, {}, name
    elif template.HasField("k8s_pod"):
        spec = json_format.MessageToDict(template.k8s_pod.pod_spec)
        own = json_format.MessageToDict(template.k8s_pod.metadata)
        primary = template.config.get(PRIMARY, "")
    else:
        raise ValueError(
            f"task {template.id.name}: type {template.type!r} has neither a container nor a pod template"
        )
    containers = [*spec.get("initContainers", []), *spec["containers"]]
    if primary not in [container["name"] for container in spec["containers"]]:
        raise ValueError(
            f"task {template.id.name}: its pod has no container {primary!r}, which its config names"
        )
    for container in containers:
        _customise(container, request)
    spec.setdefault("restartPolicy", "Never")
    annotations = dict(own.get("annotations", {}))
    # Only these: a pod of several containers has the annotation if its own template brings it.
    if template.type == SIDECAR or (len(spec["containers"]) == 1 and template.type != RAW):
        annotations[PRIMARY] = primary
    labels = own.get("labels", {}) | dict(metadata.labels)
    meta = {"name": name, "namespace": metadata.namespace, "labels": labels, "annotations": annotations}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}


def _container(template: tasks_pb2.TaskTemplate, name: str) -> dict[str, Any]:
    """Return the one container of a container target, called like its pod."""
    sent = template.container
    if sent.data_config.enabled and template.interface.outputs.variables:
        raise ValueError(
            f"task {template.id.name}: Flyte's co-pilot would carry its outputs, and is not played here"
        )
    limits, requests = (
        {RESOURCES[tasks_pb2.Resources.ResourceName.Name(entry.name)]: entry.value for entry in entries}
        for entries in (sent.resources.limits, sent.resources.requests)
    )
    return {
        "name": name,
        "image": sent.image,
        "command": list(sent.command),
        "args": list(sent.args),
        "env": [{"name": pair.key, "value": pair.value} for pair in sent.env],
        "resources": {"requests": requests, "limits": requests | limits},
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }


def _customise(container: dict[str, Any], request: CreateTaskRequest) -> None:
    """Add to a container, also to one that runs before or beside the task, what Flyte adds to all."""
    for key in ("command", "args"):
        container[key] = [
            INPUT.sub(lambda found: _text(request, found[1]), word) for word in container.get(key, [])
        ]
    container["env"] = container.get("env", []) + [
        {"name": name, "value": value} for name, value in environment(request).items()
    ]


def environment(request: CreateTaskRequest) -> dict[str, str]:
    """Return the variables by which flytekit knows who the task is."""
    run, task = request.task_execution_metadata.task_execution_id, request.template.id
    execution = run.node_execution_id.execution_id
    return {
        "FLYTE_INTERNAL_EXECUTION_WORKFLOW": f"{execution.project}:{execution.domain}:{task.name}",
        "FLYTE_INTERNAL_EXECUTION_ID": execution.name,
        "FLYTE_INTERNAL_EXECUTION_PROJECT": execution.project,
        "FLYTE_INTERNAL_EXECUTION_DOMAIN": execution.domain,
        "FLYTE_ATTEMPT_NUMBER": str(run.retry_attempt),
        "FLYTE_INTERNAL_TASK_PROJECT": task.project,
        "FLYTE_INTERNAL_TASK_DOMAIN": task.domain,
        "FLYTE_INTERNAL_TASK_NAME": task.name,
        "FLYTE_INTERNAL_TASK_VERSION": task.version,
    }


def _text(request: CreateTaskRequest, name: str) -> str:
    """Return an input as a word of a command line, which Flyte does for scalars that are one value."""
    if name not in request.inputs.literals:
        raise ValueError(f"{{{{.inputs.{name}}}}}: the task has no input {name!r}")
    primitive = request.inputs.literals[name].scalar.primitive
    kind = primitive.WhichOneof("value")
    if kind not in ("integer", "float_value", "string_value", "boolean"):
        raise ValueError(f"{{{{.inputs.{name}}}}}: such a value is no word of a command line")
    value = getattr(primitive, kind)
    return str(value).lower() if kind == "boolean" else str(value)


def phase(pod: dict[str, Any] | None) -> Phase:
    """Return how far a pod is, in Flyte's eyes; None is a pod that somebody else has deleted."""
    if pod is None:
        return Phase("RETRYABLE_FAILED", "the pod was deleted, and not by Flyte")
    status, primary = pod.get("status", {}), pod["metadata"].get("annotations", {}).get(PRIMARY)
    containers, before = status.get("containerStatuses", []), status.get("initContainerStatuses", [])
    match status.get("phase", "Pending"):
        case "Succeeded":
            return Phase("SUCCEEDED")
        case "Failed":
            words = [
                _ending(container) for container in before + containers if "terminated" in container["state"]
            ]
            return Phase("RETRYABLE_FAILED", "; ".join(filter(None, [status.get("message"), *words])))
        case "Running" if primary:
            return _of_primary(next((c for c in containers if c["name"] == primary), None))
        case "Running":  # all must end, also what runs beside the task
            ended = [
                container["state"].get("terminated", {}).get("exitCode") == 0
                for container in before + containers
            ]
            return Phase("SUCCEEDED") if all(ended) else Phase("RUNNING")
    return _pending(containers)


def _of_primary(container: dict[str, Any] | None) -> Phase:
    """Return the phase when one container decides, whatever runs beside it."""
    if not container or "terminated" not in container["state"]:
        return Phase("RUNNING")
    if container["state"]["terminated"]["exitCode"] != 0:
        return Phase("RETRYABLE_FAILED", _ending(container))
    return Phase("SUCCEEDED")


def _pending(containers: list[dict[str, Any]]) -> Phase:
    waiting = next((c["state"]["waiting"] for c in containers if "waiting" in c["state"]), {})
    words = ": ".join(filter(None, (waiting.get("reason"), waiting.get("message"))))
    if waiting.get("reason", "ContainerCreating") not in INITIAL:
        return Phase("FAILED", words)
    return Phase("INITIALIZING", words) if waiting else Phase("QUEUED")


def _ending(container: dict[str, Any]) -> str:
    end = container["state"]["terminated"]
    words = (
        f"[{container['name']}] terminated with exit code {end['exitCode']}, reason {end.get('reason', '')}"
    )
    return f"{words}: {end['message'].strip()}" if end.get("message") else words
