"""
How does a notebook become a Flyte task?
========================================

Flyte has to learn nothing: the task is an ordinary container task, whose container runs a notebook where another runs a
function. That is what **SDK-only** means: a class derived from one of flytekit's, and no plugin in Flyte. The class
checks the notebook where the task is made, and runs it in ``execute``, which flytekit calls in the container.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
from flytekit import Deck, FlyteContextManager, PythonInstanceTask, TaskMetadata
from flytekit.core.interface import Interface
from flytekit.core.type_engine import get_underlying_type

from notebook_task import fit, kernel, page, values


class NotebookTask(PythonInstanceTask[None]):
    """A Jupyter notebook as a task.

    Args:
        name: Name of the task in Flyte.
        notebook_path: Where the notebook is, absolute: ``Path(__file__).parent / "delays.ipynb"``.
        inputs: Name -> type. The cell with the tag ``parameters`` must assign each.
        outputs: Name -> type. The notebook records them with ``record_outputs``. One of type ``PythonNotebook`` or
            ``HTMLPage`` that it does not record becomes the notebook itself, with its outputs.
        cache: Whether Flyte takes the result of an earlier run of the same code cells with the same inputs.
        kwargs: What any task can have: ``container_image``, ``requests``, ``metadata`` and so on.

    Raises:
        NotebookError: The notebook is missing, or does not fit to the inputs.
    """

    def __init__(
        self,
        name: str,
        notebook_path: str | Path,
        inputs: dict[str, Any] | None = None,
        outputs: dict[str, Any] | None = None,
        cache: bool = False,
        **kwargs: Any,
    ) -> None:
        self.path = Path(notebook_path)
        # Now: pyflyte run takes the folder of the code out of sys.path again.
        self.import_path = kernel.import_path()
        notebook = fit.read(self.path)
        with fit.naming(self.path):
            fit.check(notebook, inputs or {})
        if cache:
            code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
            version = hashlib.sha256(code.encode()).hexdigest()[:16]
            before = kwargs.get("metadata") or TaskMetadata()
            kwargs["metadata"] = replace(before, cache=True, cache_version=version)
        kwargs = {"enable_deck": True, "deck_fields": (), **kwargs}
        super().__init__(name=name, task_config=None, interface=Interface(inputs, outputs), **kwargs)

    def execute(self, **inputs: Any) -> Any:
        """Run the notebook, and return the task's outputs."""
        files = FlyteContextManager.current_context().file_access
        scratch = Path(files.get_random_local_directory())
        executed, given, recorded = (scratch / name for name in (self.path.name, "inputs", "outputs"))
        notebook = fit.read(self.path)
        fit.inject(notebook, inputs, given)
        deck = NotebookDeck(notebook)

        def keep() -> None:
            nbformat.write(notebook, executed)
            if self.enable_deck:
                Deck.publish()  # so that it can be read while the task runs, and after a failure

        env = {values.GIVEN: str(given), values.RECORDED: str(recorded), "PYTHONPATH": self.import_path}
        keep()
        try:
            with fit.naming(self.path):
                kernel.run(notebook, self.path.parent, env, after_cell=keep)
                return self.returned(values.recorded(recorded), executed, deck)
        except fit.NotebookError as error:
            kept = files.put_raw_data(str(executed))
            raise type(error)(f"{error}\n\nThe notebook as far as it ran: {kept}") from None

    def returned(self, recorded: dict[str, Any], executed: Path, deck: NotebookDeck) -> Any:
        """Return what flytekit expects of a function with these outputs: nothing, a value, or a tuple of values."""
        (html := executed.with_suffix(".html")).write_text(deck.html, encoding="utf-8")
        itself = {"ipynb": executed, "html": html}
        outputs = self.python_interface.outputs
        for name, type_ in outputs.items():
            extension = getattr(get_underlying_type(type_), "extension", lambda: None)()
            if extension in itself:
                recorded.setdefault(name, str(itself[extension]))
        found = fit.fitting(recorded, outputs)
        return found[0] if len(found) == 1 else tuple(found) if found else None


class NotebookDeck(Deck):
    """The notebook, as it is when the deck is written."""

    def __init__(self, notebook: nbformat.NotebookNode) -> None:
        super().__init__("Notebook")
        self.notebook = notebook

    @property
    def html(self) -> str:
        return page.html(self.notebook)
