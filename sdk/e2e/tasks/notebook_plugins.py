"""What is the same for both notebook plugins that are compared, and what is not? The programs here run with either."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from flytekit import FlyteContextManager

NAMES = ("ours", "theirs")


@dataclass(frozen=True)
class Plugin:
    """A notebook plugin: what a notebook imports to record its outputs, and what makes a task of a notebook."""

    record: str
    make: Callable[..., Any]


def plugin(name: str) -> Plugin:
    """Return a plugin by its name; only this one is imported."""
    if name == "ours":
        from notebook_task.notebook import NotebookTask

        return Plugin("from notebook_task.values import record_outputs\n", NotebookTask)
    from flytekitplugins.papermill import NotebookTask as Upstream

    return Plugin("from flytekitplugins.papermill import record_outputs\n", Upstream)


def write(path: Path, *cells: str, parameters: str | None = None, kernel: str | None = "python3") -> str:
    """Write a notebook that both can run: it names a kernel, and a cell that records has upstream's tag."""
    metadata = {"kernelspec": {"name": kernel, "display_name": "-", "language": "python"}} if kernel else {}
    notebook = nbformat.v4.new_notebook(metadata=metadata)
    if parameters is not None:
        notebook.cells.append(nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    notebook.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])  # upstream looks into all cells for it
        if "record_outputs(" in cell.source:
            cell.metadata.tags.append("outputs")
    nbformat.write(notebook, path)
    return str(path)


def decks() -> list[str]:
    """Return the decks that this process has written, the oldest first."""
    sandbox = Path(FlyteContextManager.current_context().file_access.local_sandbox_dir)
    found = sorted(sandbox.rglob("deck.html"), key=lambda place: place.stat().st_mtime_ns)
    return [place.read_text() for place in found]


def value(found: Any, name: str) -> Any:
    """Return one output of a task that was called; flytekit gives a tuple only where there are several."""
    return getattr(found, name) if isinstance(found, tuple) else found


def main(rows: Callable[[Plugin, Path], dict[str, str]]) -> None:
    """Print the rows of one plugin as JSON. Arguments: the plugin's name, an empty folder."""
    import json

    folder = Path(sys.argv[2])
    print("\n" + json.dumps(rows(plugin(sys.argv[1]), folder)))
