"""What differs between this book's notebook task and Flyte's own, and is what the page says still what both do?

Both run the same notebooks, in processes of their own. With UPDATE_RECORDS=1 the tables of the page are written anew.
What is not compared is the page that upstream's nbconvert makes: it has ten packages that nothing here needs, so a
stand-in takes its place.
"""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from notebook_plugins import NAMES
from notebook_process import WAYS_TO_WAIT, started
from notebook_types import ONLY_OUT, TYPES

from devkit import environment, records, upstream
from devkit.toolchain import ROOT

EXAMPLES, PROGRAMS = ROOT / "examples", Path(__file__).parent / "tasks"

MODULES = {"ours": "notebook_task.notebook", "theirs": "flytekitplugins.papermill"}
STAND_IN = """
class HTMLExporter:
    def from_notebook_node(self, notebook):
        return "<p>A stand-in.</p>", {}
"""
ABORTS = [
    ("a cell that computes", signal.SIGTERM),
    ("a cell that computes", signal.SIGINT),
    ("a cell that computes", signal.SIGKILL),
    ("a cell that lets no other thread run", signal.SIGTERM),
    ("a cell that lets no other thread run", signal.SIGKILL),
]
PATIENCE = 5.0  # seconds for a process to end; ipykernel looks for its parent every second
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with upstream's notebook plugin alone: with its Spark plugin, importing flytekit imports PySpark."""
    installed = upstream.prepare(lambda words: subprocess.run(words, check=True, env=environment.uv_env()))
    place = tmp_path_factory.mktemp("upstream")
    (place / "flytekitplugins").mkdir()
    (place / "flytekitplugins" / "papermill").symlink_to(installed / "flytekitplugins" / "papermill")
    (place / "nbconvert.py").write_text(STAND_IN)
    return place


def of_both(make: Callable[[str], dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return the answers of both plugins, which are found side by side."""
    with ThreadPoolExecutor() as pool:
        return dict(zip(NAMES, pool.map(make, NAMES), strict=True))


def asked(program: str, folder: Path, theirs: Path) -> dict[str, dict[str, str]]:
    def run(name: str) -> dict[str, str]:
        (folder / name).mkdir()
        env = environment.settings(dict(os.environ)) | {"FLYTE_LOCAL_CACHE_ENABLED": "false"}
        env["PYTHONPATH"] = os.pathsep.join(map(str, [PROGRAMS, EXAMPLES, theirs]))
        words = [environment.HOME / "bin" / "python", PROGRAMS / program, name, folder / name]
        done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return of_both(run)


def aborted(folder: Path, theirs: Path, name: str) -> dict[str, str]:
    """Return what each signal ends."""
    found = {}
    for number, (cell, signum) in enumerate(ABORTS):
        (place := folder / f"{name}-{number}").mkdir()
        with started(place, WAYS_TO_WAIT[cell], MODULES[name], EXAMPLES, theirs) as running:
            os.kill(running.task.pid, signum)
            running.task.wait(60)
            ends = {"the kernel": running.kernel, "what it started": running.child}
            left = [what for what, pid in ends.items() if not running.gone(pid, PATIENCE)]
        # Locally; in a container the end of the first process ends all others.
        found[f"{signum.name}, {cell}"] = f"{' and '.join(left)} left over" if left else "nothing left over"
    return found


def table(head: list[str], rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    return text.getvalue()


def is_recorded(name: str, made: str) -> bool:
    """Whether docs/records has this table; with UPDATE_RECORDS=1 it has from now on."""
    path = records.SHOWN / f"{name}.csv"
    if os.environ.get(records.UPDATE) == "1":
        path.write_text(made)
    return path.read_text() == made


def test_the_table_of_types_is_what_both_plugins_do(theirs, tmp_path):
    said = asked("notebook_types.py", tmp_path, theirs)
    rows = []
    for name in TYPES:
        into = [said[who].get(f"in {name}", "–") for who in NAMES]
        assert (into == ["–", "–"]) == (name in ONLY_OUT)
        rows.append([name, into[0], said["ours"][f"out {name}"], into[1], said["theirs"][f"out {name}"]])
    made = table(["Type", "Input", "Output", "Input, upstream", "Output, upstream"], rows)
    assert is_recorded("notebook_types", made), made


def test_the_table_of_differences_is_what_both_plugins_do(theirs, tmp_path):
    said = asked("notebook_behaviour.py", tmp_path, theirs)
    assert said["ours"].keys() == said["theirs"].keys()
    made = table(
        ["What", "Here", "Upstream"], [[what, *(said[who][what] for who in NAMES)] for what in said["ours"]]
    )
    assert is_recorded("notebook_upstream", made), made


def test_the_table_of_aborts_is_what_both_plugins_do(theirs, tmp_path):
    said = of_both(lambda name: aborted(tmp_path, theirs, name))
    made = table(
        ["Signal", "Here", "Upstream"], [[what, *(said[who][what] for who in NAMES)] for what in said["ours"]]
    )
    assert is_recorded("notebook_aborts", made), made
