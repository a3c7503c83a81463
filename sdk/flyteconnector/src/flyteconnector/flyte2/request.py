"""What does Flyte 2's engine send to a connector for one attempt of a task?

This module plays the engine up to CreateTask: it uploads ``inputs.pb``, fills in the template variables that the engine
fills in, and makes up the run's identity. The shape follows requests that the engine (main of 2026-08) really sent.
"""

from __future__ import annotations

import inspect
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import flyte
from flyte import storage
from flyte.models import SerializationContext, TaskContext
from flyteidl2.connector import connector_pb2
from flyteidl2.core import identifier_pb2, tasks_pb2

from flyteconnector import importing
from flyteconnector.flyte2 import inputs, private
from flyteconnector.flyte2.attempts import Attempt

if TYPE_CHECKING:
    from flyteconnector.flyte2.task import RemoteFunctionTask

PROJECT, DOMAIN, ORG = "flytesnacks", "development", "local"  # where the run and its context name no other


async def build(
    task: RemoteFunctionTask, values: dict[str, Any], attempt: Attempt
) -> connector_pb2.CreateTaskRequest:
    """Upload the inputs and return the request for one attempt of ``task``.

    Args:
        task: What to run.
        values: The inputs, as Python values by name.
        attempt: Where it reads and writes.
    """
    context, root = flyte.ctx(), import_root(task)
    if not storage.is_remote(attempt.prefix):
        Path(attempt.prefix).mkdir(parents=True)  # object stores need no folders, and a0 makes none
    sent = await inputs.upload(task, values, attempt.folder)
    settings = SerializationContext(
        version=context.version,
        project=context.action.project or PROJECT,
        domain=context.action.domain or DOMAIN,
        org=context.action.org or ORG,
        root_dir=root,
    )
    template = private.task_template(task, settings, context)
    identity = metadata(template, context, attempt)
    identity.environment_variables.update(environment(task, root))
    return connector_pb2.CreateTaskRequest(
        inputs=sent,
        template=render(template, attempt),
        output_prefix=attempt.prefix,
        task_execution_metadata=identity,
    )


def import_root(task: RemoteFunctionTask) -> Path:
    """Return the folder from which the task's module is imported; of a script, its own folder."""
    module = inspect.getmodule(task.func)
    if module is None or not getattr(module, "__file__", None):
        raise ValueError(
            f"task {task.name} is in no file, so no container can import it: write it into a module"
        )
    spec = module.__spec__ if module is sys.modules.get("__main__") else None  # python -m package.module
    return importing.root(spec.name if spec else module.__name__, module.__file__)


def environment(task: RemoteFunctionTask, root: Path) -> dict[str, str]:
    """Return what a pod on this machine needs in its environment beside what the engine sets."""
    added = {"PYTHONPATH": os.pathsep.join(importing.path(root))}
    if "DO_NOT_TRACK" in os.environ:  # the SDK reports errors to its makers unless this is set
        added["DO_NOT_TRACK"] = os.environ["DO_NOT_TRACK"]
    return {name: value for name, value in added.items() if name not in (task.env_vars or {})}


def render(template: tasks_pb2.TaskTemplate, attempt: Attempt) -> tasks_pb2.TaskTemplate:
    """Return a copy with the template variables filled in, but for those of the run: the engine leaves them, and all
    variables of a pod template, to the connector."""
    checkpoints = "_flytecheckpoints"
    previous = f"{attempt.folder}/{attempt.number}/{checkpoints}" if attempt.number else '""'
    variables = {
        "{{.input}}": f"{attempt.folder}/{private.INPUTS_FILE}",
        "{{.outputPrefix}}": attempt.prefix,
        "{{.rawOutputDataPrefix}}": attempt.prefix,
        "{{.checkpointOutputPrefix}}": f"{attempt.prefix}/{checkpoints}",
        "{{.prevCheckpointPrefix}}": previous,
    }
    rendered = tasks_pb2.TaskTemplate()
    rendered.CopyFrom(template)
    for number, word in enumerate(template.container.args):
        for variable, value in variables.items():
            word = word.replace(variable, value)
        rendered.container.args[number] = word
    return rendered


def metadata(
    template: tasks_pb2.TaskTemplate, context: TaskContext, attempt: Attempt
) -> connector_pb2.TaskExecutionMetadata:
    """Return the identity of one attempt: made up, but of the shape that the engine sends."""
    task, action = template.id, context.action
    execution = identifier_pb2.WorkflowExecutionIdentifier(
        org=task.org, project=task.project, domain=task.domain, name=action.run_name
    )
    node = identifier_pb2.NodeExecutionIdentifier(node_id=action.name, execution_id=execution)
    return connector_pb2.TaskExecutionMetadata(
        task_execution_id=identifier_pb2.TaskExecutionIdentifier(
            task_id=task, node_execution_id=node, retry_attempt=attempt.number
        ),
        namespace=os.environ.get("FLYTECONNECTOR_NAMESPACE") or f"{task.project}-{task.domain}",
        labels={
            "organization": task.org,
            "project": task.project,
            "domain": task.domain,
            "run": action.run_name,
            "action": action.name,
            "attempt": str(attempt.number + 1),
            "task-name": task.name.replace(".", "-").replace("_", "-")[:63].strip("-").lower(),
            "flyte.org/managed": "true",
        },
        environment_variables={
            private.RUN_NAME: action.run_name,
            private.ACTION_NAME: action.name,
            private.ORG_NAME: task.org,
            private.RUN_OUTPUT_BASE_DIR: attempt.folder,
        },
    )
