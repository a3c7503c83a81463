"""
Does the notebook fit to the task?
==================================

Asked twice: where the task is made, on its author's machine, and when the notebook has run. Each answer names what does
not fit, its value, and what would.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from flytekit.core.type_engine import (
    SimpleTransformer,
    TypeEngine,
    TypeTransformerFailedError,
    get_underlying_type,
)
from flytekit.exceptions.user import FlyteRecoverableException
from flytekit.types.directory import FlyteDirectory
from flytekit.types.file import FlyteFile

from notebook_task import values

PARAMETERS, INJECTED = "parameters", "injected-parameters"  # the tags that papermill has made usual


class NotebookError(RuntimeError):
    """The notebook, or what it has recorded, is not what the task needs; the message says what would be right."""


class RecoverableNotebookError(NotebookError, FlyteRecoverableException):
    """Another attempt may go well: Flyte makes one if the task has retries left."""

    # flytekit's puts a code before the text, once more each time that it is raised again.
    __str__ = NotebookError.__str__


@contextlib.contextmanager
def naming(path: Path) -> Iterator[None]:
    """Have the errors of what is done here begin with the notebook's name."""
    try:
        yield
    except NotebookError as error:
        raise type(error)(f"notebook {path.name}: {error}") from None


# %%
# Before
# ------


def read(path: Path) -> nbformat.NotebookNode:
    """Return the notebook in a file."""
    if not path.is_absolute():
        right = f'Path(__file__).parent / "{path}"'
        raise NotebookError(
            f"notebook_path {str(path)!r} depends on the folder of whoever starts: take {right}"
        )
    if not path.is_file():
        raise NotebookError(
            f"notebook_path {str(path)!r}: there is no such file. In a container it comes with the image, or with the "
            "code if that was registered with --copy all (--copy auto takes only Python modules)"
        )
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:  # of many kinds: nbformat stumbles over whatever is not there
        said = f"{type(error).__name__}: {error}"
        raise NotebookError(f"notebook_path {str(path)!r} is no Jupyter notebook: {said}") from None


def tagged(notebook: nbformat.NotebookNode, tag: str) -> list[int]:
    """Return the positions of the cells with a tag."""
    return [n for n, cell in enumerate(notebook.cells) if tag in cell.metadata.get("tags", [])]


def check(notebook: nbformat.NotebookNode, inputs: dict[str, Any]) -> None:
    """Raise NotebookError unless the notebook has a parameter for each input."""
    found = tagged(notebook, PARAMETERS)
    if inputs and len(found) != 1:
        raise NotebookError(
            f"{len(found)} cells have the tag {PARAMETERS!r}: give it to the one cell that assigns {', '.join(inputs)}"
        )
    for position in found:
        try:
            names = values.assigned(notebook.cells[position].source)
        except SyntaxError as error:
            raise NotebookError(
                f"the cell with the tag {PARAMETERS!r} is not plain Python: {error}"
            ) from None
        if missing := [name for name in inputs if name not in names]:
            raise NotebookError(
                f"input {missing[0]!r}: the cell with the tag {PARAMETERS!r} must assign it a default, "
                f"and assigns {', '.join(sorted(names)) or 'nothing'}"
            )


def inject(notebook: nbformat.NotebookNode, inputs: dict[str, Any], pickled: Path) -> None:
    """Add the cell that assigns the inputs, behind that with the defaults. Files are fetched: it has their paths."""
    if inputs:
        local = {
            name: value.download() if isinstance(value, FlyteFile | FlyteDirectory) else value
            for name, value in inputs.items()
        }
        cell = nbformat.v4.new_code_cell(values.source(local, pickled), metadata={"tags": [INJECTED]})
        (position,) = tagged(notebook, PARAMETERS)
        notebook.cells.insert(position + 1, cell)


# %%
# After
# -----


def fitting(recorded: dict[str, Any], outputs: dict[str, Any]) -> list[Any]:
    """Return the values of a task's outputs, in their order; raises NotebookError when one is missing or wrong."""
    declared = ", ".join(f"{name}: {getattr(each, '__name__', each)}" for name, each in outputs.items())
    for name in recorded.keys() - outputs.keys():
        raise NotebookError(
            f"it recorded {name!r}, which is no output of the task: it declares {declared or 'none'}"
        )
    for name in outputs.keys() - recorded.keys():
        raise NotebookError(f"it did not record {name!r}: call record_outputs(...) with {declared}")
    for name, type_ in outputs.items():
        if wrong(recorded[name], type_):
            is_ = f"{recorded[name]!r:.200} of type {type(recorded[name]).__name__}"
            raise NotebookError(f"output {name!r} is {is_}: the task declares {declared}")
    return [recorded[name] for name in outputs]


def wrong(value: Any, type_: Any) -> bool:
    """Whether flytekit would refuse a value, as far as that can be told without converting it."""
    transformer = TypeEngine.get_transformer(type_)
    if isinstance(transformer, SimpleTransformer):
        return type(value) is not transformer.python_type
    try:
        transformer.assert_type(get_underlying_type(type_), value)
    except (TypeTransformerFailedError, TypeError):
        return True
    return False
