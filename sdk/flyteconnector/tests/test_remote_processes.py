"""Does it hold with real processes: ``pyflyte-execute`` on one side, a user's script and signals on the other?"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import squares
from fake_connector1 import Instantly

from flyteconnector.flyte1 import RemoteUserError

WORKFLOWS = Path(squares.__file__).parent
PYFLYTE = str(Path(sys.executable).parent / "pyflyte")
CALLERS = {
    "a script": [sys.executable, "-c", "import squares; squares.sleep(seconds=300)"],
    "pyflyte run": [PYFLYTE, "run", "squares.py", "sleep", "--seconds", "300"],
}


def call(*command: str) -> subprocess.Popen[str]:
    """Start a user's command where the user's module is."""
    return subprocess.Popen(
        command,
        cwd=WORKFLOWS,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_function_runs_in_another_process_with_its_environment(real):
    pid, greeting = squares.where(n=1)
    (process,) = real.runner.processes.values()
    assert pid == process.pid != os.getpid()
    assert greeting == "hello"


def test_the_users_exception_comes_back_with_its_traceback(real):
    with pytest.raises(RemoteUserError, match="ValueError: negative -1") as caught:
        squares.nothing(n=-1)
    assert caught.value.summary == "ValueError: negative -1"
    assert 'raise ValueError(f"negative {n}")' in caught.value.remote_traceback
    assert len(real.deletes) == 1


def test_pyflyte_run_shows_phases_links_and_the_result(real):
    out, err = call(PYFLYTE, "run", "squares.py", "square", "--n", "4").communicate(timeout=120)
    assert "16" in out.splitlines(), err
    for part in ("squares.square RUNNING: 1 process", "squares.square link log: file:///", "SUCCEEDED"):
        assert part in err
    assert real.deletes == []


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_deletes_what_is_running(caller, number, real):
    process = call(*CALLERS[caller])
    assert real.created.wait(60), process.communicate(timeout=5)
    time.sleep(1)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode not in (0, None)
    assert len(real.deletes) == 1
    assert f"deleted {real.deletes[0]}" in err
    (task,) = real.runner.processes.values()
    assert task.poll() is not None, "the task's process is still there"


@pytest.mark.parametrize("caller", CALLERS)
def test_another_signal_does_not_cut_the_deletion_off(caller, real):
    asked, answer = threading.Event(), threading.Event()
    real.before_delete_answers = lambda: (asked.set(), answer.wait(8))
    process = call(*CALLERS[caller])
    assert real.created.wait(60), process.communicate(timeout=5)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    assert asked.wait(20)
    for number in (signal.SIGINT, signal.SIGTERM):
        process.send_signal(number)
        time.sleep(0.3)
    assert process.poll() is None
    answer.set()
    _, err = process.communicate(timeout=30)
    assert process.returncode not in (0, None)
    (name,) = real.deletes
    assert err.count(f"still deleting {name}") == err.count("still deleting") == 1, err
    assert f"deleted {name} (" in err
    assert "may still be running" not in err


def test_a_first_signal_waits_until_a_failed_task_is_deleted_and_is_not_lost(serve):
    connector = serve(Instantly())
    connector.before_delete_answers = lambda: (process.send_signal(signal.SIGINT), time.sleep(0.5))
    script = "import squares\ntry: squares.square(n=-1)\nexcept Exception: print('went on')"
    process = call(sys.executable, "-c", script)
    out, err = process.communicate(timeout=60)
    assert process.returncode not in (0, None)
    assert "went on" not in out
    assert err.index("still deleting job-") < err.index(": deleted job-")


def test_a_deletion_that_is_ended_by_force_is_said(instant, monkeypatch, capsys):
    def end(*_: object, **__: object) -> None:
        raise SystemExit(3)

    monkeypatch.setattr("flyteconnector.client.Client.delete", end)
    with pytest.raises(SystemExit):
        squares.square(n=-1)
    assert re.search(r"job-\w+ may still be running: 3", capsys.readouterr().err)


def test_without_a_running_task_a_signal_ends_the_process_as_before():
    kill = "import os; from flyteconnector import abort; abort.install(); os.kill(os.getpid(), 15)"
    assert subprocess.run([sys.executable, "-c", kill], check=False).returncode == -signal.SIGTERM


def test_a_signal_during_create_leaves_nothing_behind(serve):
    connector = serve(Instantly(polls=10**9))
    answer = threading.Event()

    def answer_the_first_late(_: object) -> None:
        if len(connector.creates) == 1:
            answer.wait(30)

    connector.before_create_answers = answer_the_first_late
    process = call(sys.executable, "-c", "import squares; squares.square(n=1)")
    assert connector.created.wait(60), process.communicate(timeout=5)
    process.terminate()
    _, err = process.communicate(timeout=30)
    answer.set()
    assert connector.creates[0] == connector.creates[1], "the name was asked for with another request"
    assert len(connector.deletes) == 1, err
