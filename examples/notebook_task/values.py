"""
How do values get into a notebook, and out of it?
=================================================

**In as text**, where Python has text for a value: numbers, strings, lists and dicts of them. A cell with the tag
``parameters`` assigns defaults, for those who open the notebook by hand. The task adds a cell behind it that assigns
the inputs, so that a reader of the executed notebook sees them. A file or a folder is fetched, and its path assigned.
Any other value is pickled, and the cell says ``given("name")``.

**Out as a pickle.** The notebook calls ``record_outputs``. Both sides are the same Python with the same packages, so an
output can have every type that a Python task can return. Flyte never sees a pickle: it gets literals, as from any task.

The kernel imports this file. It therefore imports no flytekit, which takes seconds.
"""

from __future__ import annotations

import ast
import math
import os
import pickle
import sys
from pathlib import Path
from typing import Any

import cloudpickle

# Variables of the kernel: the files with pickled values.
GIVEN, RECORDED = "FLYTE_NOTEBOOK_INPUTS", "FLYTE_NOTEBOOK_OUTPUTS"
_recorded: dict[str, Any] = {}

# %%
# Out
# ---


def record_outputs(**values: Any) -> dict[str, Any]:
    """Say what the task returns; called by a notebook, once or several times.

    Args:
        values: Name of an output of the task -> its value. Scalars of numpy become Python's.

    Returns:
        The values, so that the notebook shows them. Without a task, that is all that happens.
    """
    numpy = sys.modules.get("numpy")
    for name, value in values.items():
        values[name] = value.item() if numpy and isinstance(value, numpy.generic) else value
    _recorded.update(values)
    if path := os.environ.get(RECORDED):
        Path(path).write_bytes(cloudpickle.dumps(_recorded))
    return values


def recorded(path: Path) -> dict[str, Any]:
    """Return what a notebook has recorded, which is nothing when it called nothing."""
    return pickle.loads(path.read_bytes()) if path.exists() else {}


# %%
# In
# --


def given(name: str) -> Any:
    """Return an input of the task; called by the cell that the task adds."""
    if path := os.environ.get(GIVEN):
        return pickle.loads(Path(path).read_bytes())[name]
    raise LookupError(
        f"input {name!r} was given to a task, and this kernel has none: assign the variable here"
    )


def source(inputs: dict[str, Any], pickled: Path) -> str:
    """Return the cell that assigns these values, after writing those that have no text into a file."""
    texts = {name: literal(value) for name, value in inputs.items()}
    lines = [f"{name} = {text or f'given({name!r})'}" for name, text in texts.items()]
    if without := {name: value for name, value in inputs.items() if texts[name] is None}:
        pickled.write_bytes(cloudpickle.dumps(without))
        lines.insert(0, "from notebook_task.values import given\n")
    return "\n".join(["# What the task was called with.", *lines])


def literal(value: Any) -> str | None:
    """Return Python that makes this value, or None. What is infinite or no number has no literal, but still a text."""
    if type(value) is float and not math.isfinite(value):
        return f'float("{value}")'
    if type(value) in (int, float, bool, str, type(None)):
        return repr(value)
    if type(value) is list:
        parts = [literal(each) for each in value]
        return None if None in parts else f"[{', '.join(parts)}]"
    if type(value) is dict:
        parts = [(literal(key), literal(each)) for key, each in value.items()]
        return None if any(None in pair for pair in parts) else f"{{{', '.join(map(': '.join, parts))}}}"
    return None


def assigned(code: str) -> set[str]:
    """Return the names that a cell assigns; raises SyntaxError when it is not plain Python."""
    names: set[str] = set()
    for statement in ast.parse(code).body:
        targets = getattr(statement, "targets", [getattr(statement, "target", ast.Pass())])
        found = (part for target in targets for part in ast.walk(target))  # a, b = 1, 2 has both in one
        names |= {part.id for part in found if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    return names
