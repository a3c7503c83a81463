"""What do the tests of the notebook task share? Notebooks made of a few lines, and tasks of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from notebook_task.notebook import NotebookTask

RECORD = "from notebook_task.values import record_outputs\n"


def write(path: Path, *cells: str, parameters: str | None = None) -> Path:
    """Write a notebook with these code cells; the first one is the parameters cell when there is such text."""
    notebook = nbformat.v4.new_notebook()
    if parameters is not None:
        notebook.cells.append(nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    notebook.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(notebook, path)
    return path


def task(path: Path, **how: Any) -> NotebookTask:
    return NotebookTask(name=f"test.{path.stem}", notebook_path=path, **how)
