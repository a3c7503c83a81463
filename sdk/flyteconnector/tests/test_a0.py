"""Does a pod end as its Flyte 2 task did? With the real a0 of Flyte 2's SDK."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from fake_store import FakeStore
from flyteidl2.core import literals_pb2
from flyteidl2.task import common_pb2

import flyteconnector_a0
from flyteconnector_a0 import NO_A0, NON_RECOVERABLE, UNKNOWN, message, outputs_path

HERE = Path(__file__).parent
COMMAND = str(Path(sys.executable).with_name("flyteconnector-a0"))


class Run(NamedTuple):
    """One run of the command: its process, and the file that takes its termination message."""

    process: subprocess.Popen[str]
    note: Path

    def end(self) -> tuple[int, str, str]:
        """Wait for its end; return exit code, termination message, and what it printed."""
        printed = self.process.communicate(timeout=60)[0]
        return self.process.returncode, self.note.read_text() if self.note.exists() else "", printed


@pytest.fixture
def start(tmp_path: Path) -> Iterator:
    """Return a function that starts a task as the connector would."""
    runs = []

    def start(task: str, x: int, prefix: str = "", *, order: str = "first", **settings: str) -> Run:
        value = literals_pb2.Scalar(primitive=literals_pb2.Primitive(integer=x))
        inputs = common_pb2.Inputs(
            literals=[common_pb2.NamedLiteral(name="x", value=literals_pb2.Literal(scalar=value))]
        )
        (tmp_path / "inputs.pb").write_bytes(inputs.SerializeToString())
        outputs = prefix or str(tmp_path)
        options = (
            f"--inputs {tmp_path}/inputs.pb --version v1 --run-base-dir {outputs} --run-name r --name a0 "
        )
        options += f"--raw-data-path {tmp_path}/raw --project p --domain d --org o"
        resolver = ["--resolver", "flyte._internal.resolvers.default.DefaultTaskResolver"]
        resolver += ["mod", "a0_cases", "instance", task]
        words = [*options.split(), *resolver]
        words = [f"--outputs-path={outputs}", *words] if order == "first" else [*words, "-o", outputs]
        note = tmp_path / "termination-log"
        env = os.environ | {"PYTHONPATH": str(HERE / "workflows"), "DO_NOT_TRACK": "1"}
        env |= {message.VARIABLE: str(note)} | settings
        out = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        runs.append(Run(subprocess.Popen([COMMAND, *words], env=env, cwd=tmp_path, **out), note))
        return runs[-1]

    yield start
    for run in runs:
        if run.process.poll() is None:
            run.process.kill()
            run.process.wait()


def test_a_task_that_returns_ends_with_0_and_says_nothing(start, tmp_path: Path):
    code, words, printed = start("square", 3).end()
    assert (code, words) == (0, ""), printed
    assert (tmp_path / "outputs.pb").exists()


def test_an_exception_ends_with_1_and_the_end_of_its_traceback(start, tmp_path: Path):
    code, words, printed = start("square", -1, order="last").end()
    assert code == 1, printed
    first, kind, _, *trace = words.splitlines()
    assert first == "ArithmeticError: die Wurzel aus -1 ist nicht reell: √-1 ∉ ℝ"
    assert kind == "(user error, recoverable)"
    assert trace[-1] == first
    assert "a0_cases.py" in trace[-3]
    assert message.LIMIT - 100 < len(words.encode()) <= message.LIMIT
    assert words.count("…") == 1, "the traceback is longer than a termination message"
    assert "File" in printed, "the log has it all"


@pytest.mark.parametrize(
    ("task", "code", "first", "kind"),
    [
        ("hopeless", NON_RECOVERABLE, "NonRecoverableError: there is no 3", "(user error, not recoverable)"),
        ("broken", 1, "DiskError: disk 3 is full", "(system error, recoverable)"),
    ],
)
def test_the_kind_of_an_error_is_in_the_exit_code_and_the_words(start, task, code, first, kind):
    ended, words, printed = start(task, 3).end()
    assert ended == code, printed
    assert words.splitlines()[:2] == [first, kind]


def test_a_task_that_cannot_be_imported_keeps_the_exit_code_of_a0(start):
    code, words, _ = start("nothing", 3).end()
    assert code == 1
    assert words.startswith("AttributeError: ")


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (404, 0, ""),
        (403, UNKNOWN, "s3://bucket/run/error.pb could not be read: PermissionDeniedError"),
    ],
)
def test_only_a_plain_404_of_the_store_is_an_absence(start, answer, code, words):
    with FakeStore() as store:
        store.refused["/bucket/run/error.pb"] = answer
        ended, said, printed = start("square", 3, "s3://bucket/run", **store.settings).end()
        assert "/bucket/run/outputs.pb" in store.objects, printed
    assert ended == code, printed
    assert said.startswith(words)
    assert bool(said) == bool(words)


def test_an_error_in_a_store_is_found(start):
    with FakeStore() as store:
        code, words, printed = start("hopeless", 3, "s3://bucket/run/", **store.settings).end()
    assert (code, words.splitlines()[0]) == (NON_RECOVERABLE, "NonRecoverableError: there is no 3"), printed


@pytest.mark.parametrize("content", [b"no protobuf", b""])
def test_a_file_that_is_no_error_is_no_success(start, tmp_path: Path, content):
    (tmp_path / "error.pb").write_bytes(content)
    code, words, _ = start("square", 3).end()
    assert code == UNKNOWN
    assert words.startswith(f"{tmp_path}/error.pb is ")


def test_sigterm_reaches_the_users_process_and_its_exit_code_comes_back(start, tmp_path: Path):
    heard = tmp_path / "heard"
    run = start("wait", 7, NOTE=str(heard))
    while not heard.exists() or heard.read_text() != "waiting":
        assert run.process.poll() is None, run.end()
        time.sleep(0.05)
    run.process.send_signal(signal.SIGTERM)
    code, words, printed = run.end()
    assert (code, words) == (7, ""), printed
    assert heard.read_text() == "told to end"


def test_a_process_that_a_signal_ends_is_reported_as_a_shell_does(tmp_path: Path):
    script = "import os, sys; from flyteconnector_a0.child import run; sys.exit(run('sh', ['-c', 'kill -9 $$']).code)"
    assert subprocess.run([sys.executable, "-c", script], cwd=tmp_path).returncode == 128 + signal.SIGKILL


def test_without_an_outputs_path_a0_says_what_is_wrong(tmp_path: Path):
    env = os.environ | {"DO_NOT_TRACK": "1"}
    done = subprocess.run([COMMAND, "--inputs", "x"], env=env, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert "Missing option" in done.stderr


def test_an_image_without_a0_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    note = tmp_path / "termination-log"
    monkeypatch.setenv(message.VARIABLE, str(note))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert flyteconnector_a0.end([]) == NO_A0
    assert "no a0 on PATH" in note.read_text()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("-i in --outputs-path s3://b/1 mod m instance t", "s3://b/1"),
        ("--resolver r mod m instance t --outputs-path=s3://b/1 -v v1", "s3://b/1"),
        ("-o s3://b/0 -os3://b/1", "s3://b/1"),
        ("--outputs s3://b/1", None),
        ("mod m -- -o s3://b/1", None),
        ("mod m -o", None),
        ("", None),
    ],
)
def test_the_outputs_path_is_found_as_a0_finds_it(words: str, found: str | None):
    assert outputs_path(words.split()) == found


def test_nothing_of_flyte_is_imported_before_it_is_needed():
    script = "import sys, flyteconnector_a0; print(*{m.partition('.')[0] for m in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert not {"flyte", "flyteidl2", "flytekit", "flyteconnector", "google", "asyncio"} & set(loaded.split())
