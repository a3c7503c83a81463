"""Does it hold with real processes: ``flyteconnector-a0`` on one side, a user's script and signals on the other?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import flyte
import local_runs2
import pytest
import squares2

WORKFLOWS = Path(squares2.__file__).parent
RUN = """
import flyte, squares2
print(flyte.with_runcontext(mode="local", name="{name}").run(squares2.{task}, n={n}).outputs())
"""


class Callers:
    """Starts what a user would type."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def script(self, task: str, n: int) -> subprocess.Popen[str]:
        return self._start(sys.executable, "-c", RUN.format(name=self._name(), task=task, n=n))

    def flyte_run(self, task: str, n: int) -> subprocess.Popen[str]:
        program = str(Path(sys.executable).with_name("flyte"))
        return self._start(
            program, "run", "--local", "--name", self._name(), "squares2.py", task, "--n", str(n)
        )

    def _name(self) -> str:
        self._names.append(local_runs2.new_name())
        return self._names[-1]

    def _start(self, *command: str) -> subprocess.Popen[str]:
        env = os.environ | {"DO_NOT_TRACK": "1"}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=WORKFLOWS, env=env, **pipes)

    def close(self) -> None:
        for name in self._names:
            local_runs2.forget(name)


@pytest.fixture
def call() -> Iterator[Callers]:
    callers = Callers()
    yield callers
    callers.close()


def test_the_function_runs_in_another_process_with_its_environment(real2, run2):
    pid, greeting = run2(squares2.where, n=1)
    (process,) = real2.runner.processes.values()
    assert pid not in (process.pid, os.getpid()), "flyteconnector-a0 starts a0"
    assert greeting == "hello"


def test_the_users_exception_comes_back_with_its_traceback(real2, run2):
    with pytest.raises(flyte.errors.RuntimeUserError, match="negative -1") as caught:
        run2(squares2.square, n=-1)
    assert caught.value.code == "ValueError"
    assert "raised in the task's container:" in str(caught.value)
    assert 'raise ValueError(f"negative {n}")' in str(caught.value)
    assert len(real2.deletes) == 1


def test_what_the_user_calls_hopeless_is_not_tried_again(real2, run2):
    with pytest.raises(flyte.errors.RuntimeUserError, match="there is no 3") as caught:
        run2(squares2.hopeless, n=3)
    assert caught.value.code == "NonRecoverableError"
    assert len(real2.creates) == 1


@pytest.mark.parametrize("caller", ["script", "flyte_run"])
def test_a_command_shows_phases_links_and_the_result(caller, real2, call):
    out, err = getattr(call, caller)("square", 4).communicate(timeout=120)
    assert "ActionOutputs(o0=16)" in out, err
    for part in ("squares2.square RUNNING: 1 process", "squares2.square link log: file:///", "SUCCEEDED"):
        assert part in err
    assert real2.deletes == []


@pytest.mark.parametrize(("caller", "task"), [("script", "sleep"), ("flyte_run", "asleep")])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_deletes_what_is_running(caller, task, number, real2, call):
    process = getattr(call, caller)(task, 300)
    assert real2.created.wait(60), process.communicate(timeout=5)
    time.sleep(1)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode not in (0, None)
    assert len(real2.deletes) == 1, err
    assert f"deleted {real2.deletes[0]}" in err
    assert len(real2.runner.processes) == 1
    assert real2.runner.left() == [], "the task's processes are still there"


@pytest.mark.parametrize("caller", ["script", "flyte_run"])
def test_another_signal_does_not_cut_the_deletion_off(caller, real2, call):
    asked, answer = threading.Event(), threading.Event()
    real2.before_delete_answers = lambda: (asked.set(), answer.wait(8))
    process = getattr(call, caller)("asleep", 300)
    assert real2.created.wait(60), process.communicate(timeout=5)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    assert asked.wait(20)
    for number in (signal.SIGINT, signal.SIGTERM):
        process.send_signal(number)
        time.sleep(0.3)
    assert process.poll() is None
    answer.set()
    _, err = process.communicate(timeout=30)
    (name,) = real2.deletes
    assert f"still deleting {name}" in err
    assert f"deleted {name} (" in err


@pytest.mark.parametrize("caller", ["script", "flyte_run"])
def test_what_runs_beside_a_failure_is_deleted_when_the_process_ends(caller, real2, call):
    process = getattr(call, caller)("fail_beside_sleep", 300)
    out, err = process.communicate(timeout=60)
    assert "the parent has failed" in out + err
    assert process.returncode not in (0, None)
    assert len(real2.creates) == len(set(real2.deletes)) == len(real2.deletes) == 2
    assert real2.runner.left() == []
