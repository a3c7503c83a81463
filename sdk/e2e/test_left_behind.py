"""Is anything left of the demo when it, nox or make is interrupted, terminated or killed, whenever that happens?"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from making import Making, left_in
from waiting import until

from devkit import process, runs

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
    "SIGKILL to the local cluster": ("localcluster", signal.SIGKILL),
}
CASES = [("while the workers run", how) for how in HOW] + [
    ("while the cluster starts", how)
    for how in ("Ctrl-C at the terminal", "SIGKILL to make", "SIGKILL to the demo")
]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Making]:
    demo = Making("demo", tmp_path)
    yield demo
    demo.close()


@pytest.mark.parametrize(("moment", "how"), CASES, ids=[f"{how} {moment}" for moment, how in CASES])
def test_nothing_is_left_behind(moment: str, how: str, demo: Making):
    until(lambda: demo.has_printed(MOMENTS[moment]), f"{moment}: {MOMENTS[moment]!r} in {demo.output}", 240)
    folder = runs.HOME / f"{demo.pid('devkit.demo')}-1"
    assert folder.is_dir()
    before = process.naming(demo.mark, folder)
    assert len(before) > 4, f"the search finds no cluster: {before}"

    program, number = HOW[how]
    demo.signal(program, number)

    assert demo.make.wait(60) != 0
    assert process.await_none(lambda: process.naming(demo.mark, folder), 40) == []
    runs.sweep(runs.HOME)  # what the next run does first: a killed demo cannot remove its own folder
    assert not folder.exists()
    assert list(demo.temporary.iterdir()) == []
    assert left_in(demo.home) == []
    if number != signal.SIGKILL:
        assert "the cluster and all that it ran have ended" in demo.printed()
