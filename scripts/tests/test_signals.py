"""Does Ctrl-C, SIGTERM or SIGKILL to make or nox end everything? The real Makefile, bootstrap, nox and lifeline."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from devkit import lifeline
from devkit.toolchain import ROOT

# A command that starts a process in a session of its own, as the node does with pods, and never ends by itself.
FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"], start_new_session=True)
open(sys.argv[1], "w").write(f"{os.getpid()} {child.pid}\\n")
time.sleep(300)
"""
# The real noxfile, and one session more.
NOXFILE = """
import runpy, sys
globals().update(runpy.run_path({noxfile!r}))
from devkit.sessions import run
@session
def family(it):
    run(it, sys.executable, "-c", {family!r}, {pids!r})
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Make a folder where `make family` runs FAMILY, with the nox of this environment as the bootstrapped one."""
    text = NOXFILE.format(noxfile=str(ROOT / "noxfile.py"), family=FAMILY, pids=str(tmp_path / "pids"))
    (tmp_path / "noxfile.py").write_text(text)
    shutil.copy(ROOT / "Makefile", tmp_path)
    for folder in ("scripts", "requirements"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    script = "import sys; sys.path.insert(0, 'scripts'); import bootstrap; print(bootstrap.home(), end='')"
    command = [sys.executable, "-c", script]
    home = Path(subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout)
    assert home.is_relative_to(tmp_path)
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "nox").symlink_to(Path(sys.executable).with_name("nox"))
    (home / "complete").touch()
    return tmp_path


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(condition, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"after {seconds} s: {what}"
        time.sleep(0.05)


@pytest.fixture
def running(tree: Path):
    """Start `make family` in a group of its own; give make, the pid of nox, and every pid below make."""
    command = ["make", f"PYTHON={sys.executable}", "SESSIONS=family", "family"]
    make = subprocess.Popen(command, cwd=tree, start_new_session=True, env=os.environ | {"MAKEFLAGS": ""})
    until(
        lambda: (tree / "pids").exists() and (tree / "pids").read_text().endswith("\n"),
        30,
        "FAMILY did not start",
    )
    below = lifeline.descendants(make.pid)
    assert {int(pid) for pid in (tree / "pids").read_text().split()} < below
    (nox,) = [pid for pid in below if parent(pid) == make.pid]
    yield make, nox, below
    for pid in {make.pid, *below}:
        if alive(pid):
            os.kill(pid, signal.SIGKILL)
    make.wait(10)


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("whom", ["make", "nox"])
def test_nothing_is_left_when_one_of_them_is_killed(running, whom: str, number: signal.Signals) -> None:
    make, nox, below = running
    os.kill(make.pid if whom == "make" else nox, number)
    assert make.wait(30) != 0
    until(lambda: not any(map(alive, below)), 20, f"left: {[pid for pid in below if alive(pid)]}")


def test_nothing_is_left_after_ctrl_c(running) -> None:
    make, _, below = running
    os.killpg(make.pid, signal.SIGINT)
    assert make.wait(30) != 0
    until(lambda: not any(map(alive, below)), 20, f"left: {[pid for pid in below if alive(pid)]}")
