"""Do children end when they are told to, and when their parent is killed?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from devkit import process
from devkit.process import Child

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)",
]


@pytest.fixture
def mark() -> str:
    return f"MARK={uuid.uuid4()}"


def marked(mark: str) -> dict[str, str]:
    return os.environ | dict([mark.split("=")])


@pytest.mark.parametrize("command", [SLEEP, STUBBORN], ids=["one that listens", "one that does not"])
def test_stop_ends_a_child(command: list[str], mark: str) -> None:
    child = Child("child", command, env=marked(mark))
    assert child.stdout.readline() == "up\n"
    assert len(process.naming(mark)) == 2, "the command and its lifeline"
    child.stop(patience=0.5)
    assert not child.alive()
    assert process.naming(mark) == []


def test_kill9_ends_the_command_itself(mark: str) -> None:
    child = Child("child", STUBBORN, env=marked(mark))
    assert child.stdout.readline() == "up\n"
    child.kill9()
    assert child.process.returncode == 128 + signal.SIGKILL
    assert process.naming(mark) == []


def test_interrupt_is_a_keyboard_interrupt(tmp_path: Path) -> None:
    child = Child("child", SLEEP)
    assert child.stdout.readline() == "up\n"
    child.interrupt()
    assert child.wait(10) != 0
    assert child.tail[-1] == "KeyboardInterrupt"


def test_lines_of_stderr_are_told_and_kept() -> None:
    told: list[str] = []
    child = Child(
        "child", [sys.executable, "-c", "import sys; print('one\\ntwo', file=sys.stderr)"], say=told.append
    )
    assert child.wait(10) == 0
    assert told == list(child.tail) == ["one", "two"]


def test_a_child_that_is_no_longer_alive_has_said_its_last_line() -> None:
    def slow(_: str) -> None:
        time.sleep(0.01)

    program = "import sys; print('\\n'.join(map(str, range(60))), file=sys.stderr)"
    child = Child("child", [sys.executable, "-c", program], say=slow)
    while child.alive():
        time.sleep(0.005)
    assert child.tail[-1] == "59"


def test_a_log_gets_both_streams(tmp_path: Path) -> None:
    log = tmp_path / "log"
    program = "import sys; print('out', flush=True); print('err', file=sys.stderr)"
    child = Child("child", [sys.executable, "-c", program], log=log)
    child.process.wait(10)
    assert log.read_text() == "out\nerr\n"
    with pytest.raises(ValueError, match="child writes into its log"):
        _ = child.stdout


def test_a_child_ends_when_its_parent_is_killed(mark: str) -> None:
    program = (
        f"from devkit.process import Child; c = Child('c', {SLEEP!r}); print(c.stdout.readline()); input()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], env=marked(mark), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert parent.stdout.readline() == b"up\n"
    assert len(process.naming(mark)) == 3, "the parent, the command and its lifeline"
    parent.kill()
    parent.communicate()
    assert process.await_none(lambda: process.naming(mark), 10) == []


@pytest.fixture
def pythons_own_handler() -> Iterator[None]:
    """Other tests import flytekit, which has a handler of its own."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("pythons_own_handler")
def test_cleaning_up_is_not_interrupted() -> None:
    with process.uninterrupted():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
