"""Does everything that a session starts end with it? Real processes, real signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from devkit import lifeline

# A command that leaves a process in a session of its own behind, as pods do; both write their pids.
FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"], start_new_session=True)
open(sys.argv[1], "w").write(f"{os.getpid()} {child.pid}\\n")
time.sleep(float(sys.argv[2]))
"""
# A command that takes a while to end in order, after either signal.
ORDERLY = """
import pathlib, signal, sys, time
def stop(number, frame):
    time.sleep(1)
    pathlib.Path(sys.argv[1]).write_text(f"orderly after {signal.Signals(number).name}")
    sys.exit(3)
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)
pathlib.Path(sys.argv[1]).write_text("ready")
time.sleep(300)
"""
# What nox is to us: a program that starts a lifeline and waits.
STARTER = """
import subprocess, sys
sys.path.insert(0, sys.argv[1])
from devkit import lifeline
subprocess.run(lifeline.argv(*sys.argv[2:]))
"""


def start(*command: str, grace: float = 20, group: bool = False) -> subprocess.Popen:
    env = os.environ | {"LIFELINE_GRACE": str(grace)}
    return subprocess.Popen(lifeline.argv(*command), env=env, start_new_session=group)


def content(path: Path, seconds: float = 20) -> str:
    """Wait for a complete line in `path`, or for any text."""
    until(lambda: path.exists() and path.read_text(), seconds, f"{path} stays empty")
    return path.read_text()


def until(condition, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"after {seconds} s: {what}"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def all_gone(pids: list[int], seconds: float = 10) -> None:
    until(lambda: not any(map(alive, pids)), seconds, f"still running: {[pid for pid in pids if alive(pid)]}")


@pytest.mark.parametrize(
    ("script", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -KILL $$", 137), ("kill -TERM $$", 143)]
)
def test_the_exit_code_is_the_commands(script: str, code: int) -> None:
    assert start("sh", "-c", script).wait(20) == code


def test_a_command_that_does_not_exist_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    assert start("no-such-command").wait(20) == 127
    assert "start no-such-command: No such file or directory" in capfd.readouterr().err


def test_what_a_command_leaves_behind_is_ended(tmp_path: Path) -> None:
    assert start(sys.executable, "-c", FAMILY, str(tmp_path / "pids"), "0").wait(20) == 0
    all_gone([int(pid) for pid in (tmp_path / "pids").read_text().split()], 0.1)


def test_a_command_told_to_terminate_ends_in_order(tmp_path: Path) -> None:
    process = start(sys.executable, "-c", ORDERLY, str(tmp_path / "said"))
    content(tmp_path / "said")
    process.terminate()
    assert process.wait(20) == 3
    assert (tmp_path / "said").read_text() == "orderly after SIGTERM"


def test_ctrl_c_is_heard_once_even_when_nox_adds_a_terminate(tmp_path: Path) -> None:
    process = start(sys.executable, "-c", ORDERLY, str(tmp_path / "said"), group=True)
    content(tmp_path / "said")
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.3)
    process.terminate()
    assert process.wait(20) == 3
    assert (tmp_path / "said").read_text() == "orderly after SIGINT"


def test_a_command_that_ignores_the_request_is_killed(tmp_path: Path) -> None:
    script = "import pathlib, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    script += "; pathlib.Path(sys.argv[1]).write_text('ready'); time.sleep(300)"
    process = start(sys.executable, "-c", script, str(tmp_path / "ready"), grace=0.5)
    content(tmp_path / "ready")
    process.terminate()
    assert process.wait(20) == 128 + signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_everything_ends_when_the_starter_is_killed(tmp_path: Path, number: signal.Signals) -> None:
    scripts = str(Path(lifeline.__file__).parents[1])
    command = [sys.executable, "-c", FAMILY, str(tmp_path / "pids"), "300"]
    starter = subprocess.Popen([sys.executable, "-c", STARTER, scripts, *command])
    pids = [int(pid) for pid in content(tmp_path / "pids").split()]
    assert all(map(alive, pids))
    starter.send_signal(number)
    starter.wait(20)
    all_gone(pids)


def test_the_command_is_told_when_the_lifeline_itself_is_killed(tmp_path: Path) -> None:
    process = start(sys.executable, "-c", ORDERLY, str(tmp_path / "said"))
    content(tmp_path / "said")
    process.kill()
    process.wait(20)
    until(lambda: (tmp_path / "said").read_text() == "orderly after SIGTERM", 10, "the command was not told")
