"""Does a local run through a connector look to the user like a run in this process?"""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from concurrent import futures

import pytest
import squares
from fake_connector1 import Instantly, user_error, write
from flyteidl.core.execution_pb2 import TaskExecution
from flytekit import dynamic, eager, workflow

from flyteconnector import Event, abort, listen
from flyteconnector.flyte1 import RemoteTaskError, RemoteUserError


@dynamic
def each(n: int) -> list[int]:
    return [squares.square(n=i) for i in range(n)]


VALUES = {
    "one value": (lambda: squares.square(n=3), 9),
    "two named values": (lambda: tuple(squares.both(n=3)), (9, 1.5)),
    "one named value": (lambda: squares.one(n=3).square, 9),
    "no value": (lambda: squares.nothing(n=3), None),
    "a pod template": (lambda: squares.in_pod(n=3), 9),
    "a dynamic workflow": (lambda: each(n=3), [0, 1, 4]),
}


@pytest.mark.parametrize("name", VALUES)
def test_values_come_back(name, instant):
    call, expected = VALUES[name]
    assert call() == expected
    assert instant.creates, "nothing was sent to the connector"
    assert instant.deletes == []


def test_a_workflow_passes_values_on(instant):
    @workflow
    def twice(n: int) -> int:
        return squares.square(n=squares.square(n=n))

    assert twice(n=2) == 16
    prefixes = [create.output_prefix for create in instant.creates]
    assert len(prefixes) == len(set(prefixes)) == 2


def test_eager_runs_tasks_and_sees_their_exceptions_once(instant):
    @eager
    async def both(n: int) -> int:
        return squares.square(n=n)

    assert asyncio.run(both(n=3)) == 9
    with pytest.raises(Exception, match="ValueError: negative -1"):
        asyncio.run(both(n=-1))
    assert len(instant.creates) == 2, "a failed task was submitted again"


def test_tasks_run_at_the_same_time_in_threads(instant):
    instant.runner = Instantly(polls=20)
    with futures.ThreadPoolExecutor() as pool:
        values = list(pool.map(lambda n: squares.square(n=n), range(4)))
    assert values == [0, 1, 4, 9]


def test_the_users_exception_comes_back_and_the_job_is_deleted(instant):
    with pytest.raises(RemoteUserError, match="ValueError: negative -1") as caught:
        squares.square(n=-1)
    assert caught.value.summary == "ValueError: negative -1"
    assert str(caught.value).splitlines()[1].strip() == "ValueError: negative -1"
    assert "Traceback: in square" in str(caught.value)
    assert len(instant.deletes) == 1


def test_a_success_with_an_error_file_is_a_failure_as_in_flyte(instant):
    original = Instantly.start

    def leave_error(request):
        original(instant.runner, request)
        write(
            request.output_prefix, "error.pb", user_error("Trace:\n\nMessage:\n\n    ValueError: left behind")
        )

    instant.runner.start = leave_error
    with pytest.raises(RemoteUserError, match="left behind"):
        squares.square(n=3)
    assert squares.nothing(n=3) is None, "Flyte does not read error.pb of a task without outputs"


FAILURES = {
    "failed": TaskExecution.FAILED,
    "failed with retries left": TaskExecution.RETRYABLE_FAILED,
    "aborted": TaskExecution.ABORTED,
    "an empty answer": TaskExecution.UNDEFINED,
}


@pytest.mark.parametrize("name", FAILURES)
def test_other_failures_tell_phase_reason_and_link(name, instant):
    def fail(resource):
        resource.phase = FAILURES[name]
        resource.message = "OOMKilled: worker 0"

    instant.change_answer = fail
    with pytest.raises(RemoteTaskError, match=r"(?s)OOMKilled: worker 0\nlog: file:///logs/job-") as caught:
        squares.square(n=3)
    assert TaskExecution.Phase.Name(FAILURES[name]) in str(caught.value)
    assert len(instant.deletes) == 1


def test_phases_and_links_are_printed_once_and_told_to_listeners(instant, capsys):
    events: list[Event] = []
    stop = listen(events.append)
    squares.square(n=3)
    stop()
    squares.square(n=4)
    lines = capsys.readouterr().err.splitlines()[:3]
    assert [line.split("] ", 1)[1].split("job-")[0] for line in lines] == [
        "squares.square RUNNING: working",
        "squares.square link log: file:///logs/",
        "squares.square SUCCEEDED",
    ]
    assert [(event.task, event.phase) for event in events] == [
        ("squares.square", "RUNNING"),
        ("squares.square", "SUCCEEDED"),
    ]
    assert events[0].links[0].name == "log"
    assert events[0].resource_name.startswith("job-")
    assert 0 <= events[0].seconds <= events[1].seconds


def test_a_listener_that_raises_ends_the_run_and_deletes_the_job(instant):
    def refuse(event: Event) -> None:
        raise KeyboardInterrupt

    stop = listen(refuse)
    with pytest.raises(KeyboardInterrupt):
        squares.square(n=3)
    stop()
    assert len(instant.deletes) == 1


def test_a_signal_also_stops_a_run_in_another_thread(instant, monkeypatch):
    instant.change_answer = lambda resource: setattr(resource, "phase", TaskExecution.RUNNING)
    raised: list[BaseException] = []

    def call() -> None:
        try:
            squares.square(n=3)
        except BaseException as error:
            raised.append(error)

    monkeypatch.setattr(abort, "_previous", {})
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    running = threading.Thread(target=call, daemon=True)
    try:
        abort.install()
        running.start()
        assert instant.created.wait(20)
        time.sleep(0.1)
        with pytest.raises(SystemExit) as caught:
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    running.join(5)
    assert caught.value.code == 128 + signal.SIGTERM
    assert [type(error) for error in raised] == [abort.Aborted]
    assert len(instant.deletes) == 1


def test_without_an_endpoint_the_function_runs_here(monkeypatch):
    monkeypatch.delenv("FLYTECONNECTOR_ENDPOINT", raising=False)
    assert squares.square(n=3) == 9
    with pytest.raises(ValueError, match="negative -1"):
        squares.square(n=-1)
