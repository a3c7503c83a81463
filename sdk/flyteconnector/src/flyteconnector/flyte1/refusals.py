"""What would Flyte ignore, or fail in a way that nobody understands? It is refused here, with the reason.

Measured with Flyte 1.16.8 and a connector: resources, image, pod template and configuration of ``with_overrides`` do
not reach the plugin; a ``map_task`` never sends CreateTask, and its whole execution fails with
``CorruptedPluginState``; a task type that Flyte's configuration does not name runs as a plain pod, with a warning in
FlytePropeller's log.
"""

from __future__ import annotations

import functools
import inspect
import os
import re
import reprlib
from collections.abc import Callable
from typing import Any

from flytekit import PythonFunctionTask
from flytekit.core.array_node_map_task import ArrayNodeMapTask
from flytekit.core.legacy_map_task import MapPythonTask
from flytekit.core.node import Node

# What with_overrides changes in the node, and Flyte does not send. A pod (of a task with pod_template=) comes from the
# engine, which has put resources and image into it.
_NOT_SENT = {
    "requests", "limits", "resources", "container_image", "accelerator", "shared_memory", "pod_template", "task_config",
}  # fmt: skip
_IN_THE_POD = {"requests", "limits", "resources", "container_image"}
_TASK_NAME = "FLYTE_INTERNAL_TASK_NAME"  # which task a container is of; set by Flyte, and by the connector


class PlainPodError(RuntimeError):
    """The task's container was not started by its plugin."""


def execution_mode(task: PythonFunctionTask) -> None:
    """Refuse ``@dynamic``.

    Raises:
        ValueError: The function would make a workflow instead of a value.
    """
    if task.execution_mode != PythonFunctionTask.ExecutionBehavior.DEFAULT:
        raise ValueError(
            f"@dynamic {task.name}: a task of type {task.task_type} cannot make a workflow; write @task here, "
            "and call it from a @dynamic function without task_config"
        )


def watch_overrides(task: PythonFunctionTask, node: Node) -> None:
    """Make ``node.with_overrides`` raise a ValueError for what the plugin would never see."""
    original = node.with_overrides
    signature = inspect.signature(original)
    lost = _NOT_SENT - (_IN_THE_POD if task.pod_template is not None else set())

    @functools.wraps(original)
    def checked(*args: Any, **kwargs: Any) -> Any:
        given = {
            name: value
            for name, value in signature.bind(*args, **kwargs).arguments.items()
            if value is not None
        }
        if wrong := sorted(lost & given.keys()):
            raise ValueError(
                f"with_overrides({wrong[0]}={reprlib.repr(given[wrong[0]])}) of {task.name}: Flyte sends no "
                f"{', '.join(wrong)} of a node to a connector: the task would run without. Set it in a @task of its own"
            )
        return original(*args, **kwargs)

    node.with_overrides = checked


def map_task(task: PythonFunctionTask, get_command_fn: Callable[..., Any] | None) -> None:
    """Refuse to serialise the task for a ``map_task``, which gives it a command of its own.

    Raises:
        ValueError: Flyte would fail the whole execution.
    """
    if isinstance(getattr(get_command_fn, "__self__", None), ArrayNodeMapTask | MapPythonTask):
        raise mapped(task)


def mapped(task: PythonFunctionTask) -> ValueError:
    """Return what is wrong with a ``map_task`` of this task."""
    return ValueError(
        f"map_task({task.name}): Flyte 1 cannot run tasks of a connector ({task.task_type}) in a map_task: the whole "
        "execution would fail with CorruptedPluginState; call the task in a loop of a @dynamic function"
    )


def plain_pod(task: Any) -> None:
    """Refuse to run in a container that the plugin has not started.

    A call of this task from within another task's container is none of Flyte's: it runs in there.

    Raises:
        PlainPodError: Flyte's engine has started a plain pod.
    """
    variable = task.launch_variable
    if variable and variable not in os.environ and _is_of(task, os.environ.get(_TASK_NAME, "")):
        raise PlainPodError(
            f"task {task.name} runs as a plain pod, because Flyte's engine did not know who serves the task type "
            f"{task.task_type}: {variable} is not set in this container. An administrator has to name the type in "
            "Flyte's configuration (plugins.connector-service), and the plugin has to set the variable"
        )


def _is_of(task: PythonFunctionTask, name: str) -> bool:
    """Whether a task of Flyte is this one, or a ``map_task`` of it."""
    module, _, function = task.name.rpartition(".")
    return (
        re.fullmatch(rf"{re.escape(module)}\.(map_)?{re.escape(function)}(_\w+-arraynode)?", name) is not None
    )
