"""What does Flyte's engine send to a connector for one task?

This module plays the engine up to CreateTask: it writes ``inputs.pb``, fills the template variables in, and
makes up the execution's identity. The shape follows requests that Flyte 1.16.8 really sent.
"""

from __future__ import annotations

import itertools
import os
import secrets
from collections import OrderedDict
from dataclasses import replace
from typing import Any

from flyteidl.admin import agent_pb2
from flyteidl.core import identifier_pb2, tasks_pb2
from flytekit import FlyteContext, FlyteContextManager
from flytekit.configuration import ImageConfig, SerializationSettings
from flytekit.core import utils
from flytekit.core.base_task import PythonTask
from flytekit.core.context_manager import ExecutionState
from flytekit.core.tracker import extract_task_module
from flytekit.core.type_engine import TypeEngine
from google.protobuf import json_format

from flyteconnector import importing

PROJECT = "flytesnacks"
DOMAIN = "development"
_EXECUTION = "local" + secrets.token_hex(7)  # one process plays one execution
_node_numbers = itertools.count()


def build(
    task: PythonTask,
    inputs: dict[str, Any],
    prefix: str,
    retry_of: agent_pb2.CreateTaskRequest | None = None,
) -> agent_pb2.CreateTaskRequest:
    """Write the inputs to ``<prefix>/inputs.pb`` and return the request for one attempt of ``task``.

    Args:
        task: A task with a container or a pod template.
        inputs: Python values by name.
        prefix: The attempt's output prefix: a folder or an object store's URI that the container can write to. As in
            Flyte, that of a retry differs in the last segment only, which is the attempt's number.
        retry_of: The attempt before this one.
    """
    ctx = FlyteContextManager.current_context()
    # In this mode flytekit uploads local files among the inputs, as it would for a task that runs elsewhere.
    uploading = ctx.new_execution_state().with_params(mode=ExecutionState.Mode.TASK_EXECUTION)
    with FlyteContextManager.with_context(ctx.with_execution_state(uploading)) as upload_ctx:
        types = task.get_input_types() or {}
        literals = TypeEngine.dict_to_literal_map(upload_ctx, inputs, types).to_flyte_idl()
        path = upload_ctx.file_access.get_random_local_path()
        utils.write_proto_to_file(literals, path)
        upload_ctx.file_access.put_data(path, f"{prefix}/inputs.pb")
    template = template_of(task, settings(ctx, task))
    identity = metadata(template)
    if retry_of:
        identity.CopyFrom(retry_of.task_execution_metadata)
        identity.task_execution_id.retry_attempt += 1
    return agent_pb2.CreateTaskRequest(
        inputs=literals,
        template=render(template, prefix),
        output_prefix=prefix,
        task_execution_metadata=identity,
    )


def settings(ctx: FlyteContext, task: PythonTask) -> SerializationSettings:
    """Return the caller's settings, completed by what a local run lacks: an image, names, and the import
    path.

    A pod that runs on this machine imports the user's module from where this process does.
    """
    present = ctx.serialization_settings or SerializationSettings(image_config=ImageConfig())
    has_image = present.image_config and present.image_config.default_image
    return replace(
        present,
        image_config=present.image_config if has_image else ImageConfig.auto_default_image(),
        project=present.project or PROJECT,
        domain=present.domain or DOMAIN,
        version=present.version or "local",
        env={"PYTHONPATH": os.pathsep.join(import_path(task)), **(present.env or {})},
    )


def import_path(task: PythonTask) -> list[str]:
    """Return the folders from which the container imports the task's module, and what that imports."""
    _, module, _, file = extract_task_module(task)
    return importing.path(importing.root(module, file))


def template_of(task: PythonTask, serialization: SerializationSettings) -> tasks_pb2.TaskTemplate:
    """Return the TaskTemplate that registration would send to Flyte."""
    from flytekit.tools.translator import get_serializable  # imports half of flytekit: only when needed

    return get_serializable(OrderedDict(), serialization, task).template.to_flyte_idl()


def render(template: tasks_pb2.TaskTemplate, prefix: str) -> tasks_pb2.TaskTemplate:
    """Return a copy with the template variables filled in, in the arguments of either target."""
    variables = {
        "{{.input}}": f"{prefix}/inputs.pb",
        "{{.outputPrefix}}": prefix,
        "{{.rawOutputDataPrefix}}": f"{prefix}/raw_output",
        "{{.checkpointOutputPrefix}}": f"{prefix}/checkpoint_output",
        "{{.prevCheckpointPrefix}}": '""',
    }

    def fill(argument: str) -> str:
        for variable, value in variables.items():
            argument = argument.replace(variable, value)
        return argument

    rendered = tasks_pb2.TaskTemplate()
    rendered.CopyFrom(template)
    if rendered.HasField("container"):
        rendered.container.args[:] = [fill(argument) for argument in template.container.args]
    elif rendered.HasField("k8s_pod"):
        pod = json_format.MessageToDict(template.k8s_pod.pod_spec)
        for container in pod.get("initContainers", []) + pod.get("containers", []):
            for key in ("command", "args"):
                if key in container:
                    container[key] = [fill(argument) for argument in container[key]]
        rendered.k8s_pod.pod_spec.Clear()
        json_format.ParseDict(pod, rendered.k8s_pod.pod_spec)
    return rendered


def metadata(template: tasks_pb2.TaskTemplate) -> agent_pb2.TaskExecutionMetadata:
    """Return the identity of one attempt: made up, but of the shape that the engine sends."""
    execution = identifier_pb2.WorkflowExecutionIdentifier(project=PROJECT, domain=DOMAIN, name=_EXECUTION)
    node = identifier_pb2.NodeExecutionIdentifier(node_id=f"n{next(_node_numbers)}", execution_id=execution)
    return agent_pb2.TaskExecutionMetadata(
        task_execution_id=identifier_pb2.TaskExecutionIdentifier(task_id=template.id, node_execution_id=node),
        namespace=os.environ.get("FLYTECONNECTOR_NAMESPACE") or f"{PROJECT}-{DOMAIN}",
        labels={
            "project": PROJECT,
            "domain": DOMAIN,
            "execution-id": _EXECUTION,
            "interruptible": str(template.metadata.interruptible).lower(),
            "node-id": node.node_id,
            "task-name": template.id.name.replace(".", "-").replace("_", "-")[:63].strip("-").lower(),
        },
    )
