"""How is a notebook task run as in a container, in processes that a test can end one by one?

The processes are found by their ids, which the notebook writes into a file.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
import psutil
from flyteidl.core import literals_pb2

STUBBORN = """
import signal, time
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN)
print(flush=True)
time.sleep(300)
"""
STARTS_A_CHILD = f"""
import json, os, pathlib, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {STUBBORN!r}], stdout=subprocess.PIPE)
child.stdout.readline()
pathlib.Path(told).with_suffix(".new").write_text(json.dumps([os.getpid(), child.pid]))
pathlib.Path(told).with_suffix(".new").rename(told)
"""
WAYS_TO_WAIT = {
    "a cell that sleeps": "import time\ntime.sleep(300)",
    "a cell that computes": "while True: pass",
    "a cell that lets no other thread run": "sum(range(10**14))",
}
MODULE = """
from pathlib import Path
from flytekit import kwtypes
from {module} import NotebookTask
path = str(Path(__file__).parent / "patient.ipynb")
patient = NotebookTask(name="patient", notebook_path=path, inputs=kwtypes(told=str))
"""
PATIENCE = 60.0  # seconds until a task's cell runs, on a busy machine


class Running(NamedTuple):
    """A task whose cell is running."""

    task: subprocess.Popen[bytes]
    kernel: int
    child: int

    def gone(self, pid: int, within: float) -> bool:
        """Whether a process has ended within some seconds. One that nobody has collected has."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            with contextlib.suppress(psutil.NoSuchProcess):
                if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                    time.sleep(0.05)
                    continue
            return True
        return False


def command(folder: Path) -> list[str]:
    """Return what a container of the task runs, with Flyte's variables filled in."""
    words = ["pyflyte-execute", "--inputs", f"{folder}/inputs.pb", "--output-prefix", str(folder)]
    words += ["--raw-output-data-prefix", f"{folder}/raw", "--resolver"]
    words += ["flytekit.core.python_auto_container.default_task_resolver", "--"]
    return [*words, "task-module", "patient", "task-name", "patient"]


def write(path: Path, cell: str) -> None:
    """Write the notebook of the task, whose only cell says who runs it, and then does not end."""
    new = nbformat.v4
    told = new.new_code_cell("told = ''", metadata={"tags": ["parameters"]})
    cells = [told, new.new_code_cell(STARTS_A_CHILD + cell, metadata={"tags": []})]
    kernel = {"name": "python3", "display_name": "-", "language": "python"}
    nbformat.write(new.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)


@contextlib.contextmanager
def started(folder: Path, cell: str, module: str, *path: Path) -> Iterator[Running]:
    """Start a task in an empty folder, and wait until its cell runs.

    Args:
        cell: What its cell does that does not end. module: Where its class NotebookTask comes from.
        path: Where modules are found.
    """
    write(folder / "patient.ipynb", cell)
    (folder / "patient.py").write_text(MODULE.format(module=module))
    inputs = literals_pb2.LiteralMap()
    inputs.literals["told"].scalar.primitive.string_value = str(folder / "told")
    (folder / "inputs.pb").write_bytes(inputs.SerializeToString())
    env = dict(os.environ, PYTHONPATH=os.pathsep.join(map(str, [*path, folder])))
    env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with (folder / "log").open("w") as log:
        task = subprocess.Popen(command(folder), cwd=folder, env=env, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + PATIENCE
        while not (folder / "told").exists():
            assert task.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline, "the notebook did not get to its cell"
            time.sleep(0.05)
        yield Running(task, *json.loads((folder / "told").read_text()))
    finally:
        end(task, folder / "told")


def end(task: subprocess.Popen[bytes], told: Path) -> None:
    """End what is left."""
    for pid in [task.pid, *(json.loads(told.read_text()) if told.exists() else [])]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    task.wait()
