"""
Who runs the cells, and what ends them?
=======================================

The cells run in a **kernel**, a second process, which nbclient starts and talks to. It is the Python of the task,
whatever kernel the notebook's author had.

A second process can outlive the first. A kernel has a session of its own, so a Ctrl-C in the terminal never reaches it;
and Python ends on SIGTERM, which is what Kubernetes sends, without running a single ``finally``. So SIGTERM becomes an
exception here, and the kernel is killed on the way out, with the processes that cells have started. What is left is
SIGKILL, after which no code runs: then the kernel itself notices within a second that its parent has gone, because
ipykernel looks for it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
from click import unstyle
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from traitlets.config import Config

from notebook_task.fit import INJECTED, NotebookError, RecoverableNotebookError

INLINE = {"MPLBACKEND": "inline"}  # pictures go into the notebook, whatever is set outside


def import_path() -> str:
    """Return a PYTHONPATH with which a kernel can import what this process can import now."""
    return os.pathsep.join(str(Path(entry).resolve()) for entry in sys.path)


class Client(NotebookClient):
    """nbclient, which also prints what cells print: into the log of the task, as it comes."""

    def output(self, outs: list, msg: dict[str, Any], display_id: str, cell_index: int) -> Any:
        if msg["msg_type"] == "stream":
            print(msg["content"]["text"], end="", flush=True)
        return super().output(outs, msg, display_id, cell_index)


def run(
    notebook: nbformat.NotebookNode, folder: Path, env: dict[str, str], after_cell: Callable[[], None]
) -> None:
    """Run all cells, in place.

    Args:
        notebook: Gets the outputs. folder: Where the kernel runs. env: What it has more than this process.
        after_cell: Called after each cell, also after one that fails.

    Raises:
        NotebookError: A cell failed.
        RecoverableNotebookError: A cell raised flytekit's FlyteRecoverableException, or the kernel died.
    """
    # Both talk over ports of this machine, where others may listen.
    private = Config({"KernelManager": {"transport_encryption": "auto"}})
    client = Client(notebook, kernel_name="python3", timeout=None, config=private)
    with kernel(client, cwd=str(folder), env=os.environ | INLINE | env):
        for index, cell in enumerate(notebook.cells):
            try:
                client.execute_cell(cell, index)
            except CellExecutionError as error:
                frames = [frame for out in cell.outputs for frame in out.get("traceback", [])]
                said = f"{error.ename}: {error.evalue}\n\n" + unstyle("\n".join(frames))
                again = error.ename == "FlyteRecoverableException"
                kind = RecoverableNotebookError if again else NotebookError
                raise kind(f"{place(notebook, cell)}: {said}") from None
            except DeadKernelError:  # as Flyte treats a container that was killed for its memory
                said = "the kernel died: killed, perhaps for its memory, or crashed"
                raise RecoverableNotebookError(f"{place(notebook, cell)}: {said}") from None
            finally:
                after_cell()


def place(notebook: nbformat.NotebookNode, cell: nbformat.NotebookNode) -> str:
    """Return which cell it is of the notebook as its author knows it."""
    own = [each for each in notebook.cells if INJECTED not in each.metadata.get("tags", [])]
    return f"cell {[id(each) for each in own].index(id(cell)) + 1} of {len(own)}"


# %%
# The end
# -------


@contextlib.contextmanager
def sigterm_raises() -> Iterator[None]:
    """Have SIGTERM end this process as an exception does. Only a main thread can: elsewhere this does nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, frame: object) -> None:
        raise SystemExit(128 + number)  # what a shell reports of a process that a signal ended

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def kernel(client: NotebookClient, **how: object) -> Iterator[None]:
    """Start a kernel, and end it whatever happens: it is asked to, then told to, and what it has started is killed."""
    group = None
    with sigterm_raises():
        try:
            with client.setup_kernel(**how):
                group = client.km.provisioner.pgid
                yield
        finally:
            if group:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(group, signal.SIGKILL)
