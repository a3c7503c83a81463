"""Is anything left of the demo when it, nox or make is interrupted, terminated or killed, whenever that happens?"""

from __future__ import annotations

import os
import signal
import subprocess
import uuid
from pathlib import Path

import pytest
from waiting import readers_environment, until

from devkit import lifeline, process, runs
from devkit.toolchain import ROOT

MARK = "LEFT_BEHIND_TEST"
MOMENTS = {  # what the demo has printed by then
    "while the cluster starts": "What you write",
    "while the workers run": "workflow.add_up RUNNING",
}
HOW = {
    "Ctrl-C at the terminal": (None, signal.SIGINT),
    "SIGTERM to make": ("make", signal.SIGTERM),
    "SIGKILL to make": ("make", signal.SIGKILL),
    "SIGTERM to nox": ("nox", signal.SIGTERM),
    "SIGKILL to nox": ("nox", signal.SIGKILL),
    "SIGTERM to the demo": ("devkit.demo", signal.SIGTERM),
    "SIGKILL to the demo": ("devkit.demo", signal.SIGKILL),
}
CASES = [("while the workers run", how) for how in HOW] + [
    ("while the cluster starts", how)
    for how in ("Ctrl-C at the terminal", "SIGKILL to make", "SIGKILL to the demo")
]


class Demo:
    """`make demo`, in a session of its own like a terminal's, with a mark and a folder for temporary files."""

    def __init__(self, folder: Path) -> None:
        self.mark, self.temporary, self.output = (
            f"{MARK}={uuid.uuid4()}",
            folder / "tmp",
            folder / "output.txt",
        )
        self.temporary.mkdir()
        name, _, value = self.mark.partition("=")
        env = readers_environment(self.temporary, **{name: value})
        with self.output.open("wb") as output:
            self.make = subprocess.Popen(
                ["make", "demo"],
                cwd=ROOT,
                env=env,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def has_printed(self, text: str) -> bool:
        printed = self.output.read_text(errors="replace")
        assert self.make.poll() is None, printed
        return text in printed

    def pid(self, program: str) -> int:
        """Return the process that a user would see as make, as nox, or as the demo."""
        if program == "make":
            return self.make.pid
        word = f"-m\0{program}\0" if "." in program else f"/{program}\0"
        for pid in sorted(lifeline.descendants(self.make.pid)):
            words = Path(f"/proc/{pid}/cmdline").read_text()
            if word in words and "lifeline.py" not in words:
                return pid
        raise AssertionError(f"no {program} below {self.make.pid}")


@pytest.fixture
def demo(tmp_path: Path):
    demo = Demo(tmp_path)
    yield demo
    if demo.make.poll() is None:
        demo.make.terminate()
        demo.make.wait(60)


@pytest.mark.parametrize(("moment", "how"), CASES, ids=[f"{how} {moment}" for moment, how in CASES])
def test_nothing_is_left_behind(moment: str, how: str, demo: Demo):
    until(lambda: demo.has_printed(MOMENTS[moment]), f"{moment}: {MOMENTS[moment]!r} in {demo.output}", 240)
    folder = runs.HOME / f"{demo.pid('devkit.demo')}-1"
    assert folder.is_dir()
    before = process.naming(demo.mark, folder)
    assert len(before) > 4, f"the search finds no cluster: {before}"

    program, number = HOW[how]
    if program is None:
        os.killpg(demo.make.pid, number)
    else:
        os.kill(demo.pid(program), number)

    assert demo.make.wait(60) != 0
    assert process.await_none(lambda: process.naming(demo.mark, folder), 40) == []
    runs.sweep(runs.HOME)  # what the next run does first: a killed demo cannot remove its own folder
    assert not folder.exists()
    assert list(demo.temporary.iterdir()) == []
