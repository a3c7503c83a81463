"""What would Flyte 2 misread, or fail in a way that nobody understands? It is refused here, with the reason.

Measured with Flyte 2's engine (main of 2026-08) and flyte 2.12.1: a task class that is no dataclass keeps the task type
"python"; a task without configuration fails before any connector is called; three keys of the configuration are the
engine's own; a task type that the engine's configuration does not name runs as a plain pod, without a word.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import flyte.errors

if TYPE_CHECKING:
    from flyteconnector.flyte2.task import RemoteFunctionTask

# The engine reads the whole of custom as a core.Connection, whose fields these are, and ignores the rest.
RESERVED = {
    "secrets": "it looks every value up as the name of a secret, and stores what it finds with the task",
    "configs": "it expects a map of strings there",
    "taskType": "it takes the value for the task type of a connection",
    "task_type": "it takes the value for the task type of a connection",
}


class PlainPodError(flyte.errors.NonRecoverableError):
    """The task's container was not started by its plugin; another attempt would not be either."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="PlainPodError")


def task_type(task: RemoteFunctionTask) -> None:
    """Refuse a task that has not the type of its class.

    Raises:
        TypeError: The class is not declared as the SDK needs it.
    """
    kind = type(task)
    if task.task_type in ("python", "") or task.task_type != kind.task_type:
        raise TypeError(
            f"{task.name} would have the task type {task.task_type!r}, which its plugin does not serve: declare "
            f"{kind.__name__} with @dataclass(kw_only=True), and in it task_type: str = ... with a type of its own"
        )


def custom(task: RemoteFunctionTask, values: Mapping[str, Any]) -> None:
    """Refuse a configuration that Flyte 2's engine would not pass on as it is.

    Raises:
        ValueError: There is none, or one of its keys is the engine's own.
    """
    where = f"{type(task).__name__}.custom_config of task {task.name}"
    if not values:
        raise ValueError(
            f"{where} returned {values!r}: Flyte 2 sends nothing in place of an empty configuration, and its engine "
            "then fails the task before it calls a connector; return at least one key"
        )
    for key in sorted(RESERVED.keys() & values.keys()):
        raise ValueError(
            f"{where} returned the key {key!r}, which Flyte 2's engine takes for itself ({RESERVED[key]}): give the "
            "field another name; for secrets use the secrets= of the task environment"
        )


def plain_pod(task: RemoteFunctionTask) -> None:
    """Refuse to run in a container that the plugin has not started.

    Raises:
        PlainPodError: Flyte's engine has started a plain pod.
    """
    variable = task.launch_variable
    if variable and variable not in os.environ:
        raise PlainPodError(
            f"task {task.name} runs as a plain pod, because Flyte's engine did not know who serves the task type "
            f"{task.task_type}: {variable} is not set in this container. An administrator has to name the type in "
            "Flyte's configuration (plugins.connector-service.supportedTaskTypes), and the plugin has to set the "
            "variable"
        )
