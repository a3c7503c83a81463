"""Does anything outlive a notebook task? Real processes: the command of a container, its kernel, a child of that."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import notebooks
import psutil
import pytest
from notebook_process import WAYS_TO_WAIT, started

EXAMPLES = Path(__file__).resolve().parents[1]
OURS = ("notebook_task.notebook", EXAMPLES)


ABORTS = [
    (signal.SIGTERM, "a cell that computes"),
    (signal.SIGTERM, "a cell that lets no other thread run"),
    (signal.SIGINT, "a cell that sleeps"),
]


@pytest.mark.parametrize(("number", "cell"), ABORTS)
def test_an_aborted_task_ends_with_its_kernel_and_what_that_has_started(tmp_path, number, cell):
    with started(tmp_path, WAYS_TO_WAIT[cell], *OURS) as running:
        os.kill(running.task.pid, number)
        code = running.task.wait(15)
        assert running.gone(running.kernel, within=1)
        assert running.gone(running.child, within=1)
    if number is signal.SIGTERM:
        assert code == 128 + signal.SIGTERM, "what Kubernetes reports of a pod that it has ended"
    assert code != 0
    assert not (tmp_path / "error.pb").exists(), "an abort is no error of the user"


def test_after_sigkill_the_kernel_notices_that_its_parent_has_gone(tmp_path):
    with started(tmp_path, WAYS_TO_WAIT["a cell that computes"], *OURS) as running:
        running.task.kill()
        assert running.gone(running.kernel, within=10)


def test_what_a_cell_leaves_running_ends_with_the_task(tmp_path):
    pid = tmp_path / "pid"
    cell = f"import subprocess\nopen({str(pid)!r}, 'w').write(str(subprocess.Popen(['sleep', '300']).pid))"
    notebooks.task(notebooks.write(tmp_path / "leaves.ipynb", cell))()
    assert not psutil.pid_exists(int(pid.read_text())) or (
        psutil.Process(int(pid.read_text())).status() == psutil.STATUS_ZOMBIE
    )
