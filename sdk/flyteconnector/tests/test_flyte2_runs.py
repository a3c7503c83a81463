"""Does a local run of Flyte 2 through a connector look to the user like a run in this process?"""

from __future__ import annotations

from pathlib import Path

import flyte
import grpc
import pytest
import squares2
from fake_connector2 import leave_error
from flyteidl2.core.execution_pb2 import TaskExecution

from flyteconnector import Event, listen

VALUES = {
    "a function": (squares2.square, 9),
    "a coroutine function": (squares2.asquare, 9),
    "two values": (squares2.both, (9, 1.5)),
    "no value": (squares2.nothing, None),
    "a parent that calls one after the other": (squares2.twice, 81),
    "a parent that calls several at the same time": (squares2.sum_of_squares, 0 + 1 + 4),
    "flyte.map": (squares2.mapped, [0, 1, 4]),
}


@pytest.mark.parametrize("name", VALUES)
def test_values_come_back(name, instant2, run2):
    task, expected = VALUES[name]
    assert run2(task, n=3) == expected
    prefixes = [create.output_prefix for create in instant2.creates]
    assert len(prefixes) == len(set(prefixes)) > 0, "nothing was sent to the connector, or one place twice"
    assert instant2.deletes == []


def test_outputs_may_come_from_the_connector_itself(instant2, run2):
    def send_seven(resource):
        if resource.phase == TaskExecution.SUCCEEDED:
            resource.outputs.literals.add(name="o0").value.scalar.primitive.integer = 7

    instant2.change_answer = send_seven
    assert run2(squares2.square, n=3) == 7


def test_the_users_exception_comes_back_and_the_job_is_deleted(instant2, run2):
    with pytest.raises(flyte.errors.RuntimeUserError, match="negative -1") as caught:
        run2(squares2.square, n=-1)
    assert caught.value.code == "ValueError"
    assert len(instant2.deletes) == 1


FAILURES = {  # phase, attempts of a task with two retries
    "failed": (TaskExecution.FAILED, 1),
    "failed, but may be tried again": (TaskExecution.RETRYABLE_FAILED, 3),
    "aborted": (TaskExecution.ABORTED, 1),
    "an empty answer": (TaskExecution.UNDEFINED, 1),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_tells_phase_reason_and_link_and_is_retried_where_flyte_would(name, instant2, run2):
    phase, attempts = FAILURES[name]

    def fail(resource):
        resource.phase, resource.message = phase, "OOMKilled: worker 0"

    instant2.change_answer = fail
    with pytest.raises(
        flyte.errors.RuntimeUserError, match=r"(?s)OOMKilled: worker 0\nlog: file:///logs/job-"
    ) as caught:
        run2(squares2.stubborn, n=3)
    assert caught.value.code == TaskExecution.Phase.Name(phase)
    assert len(instant2.creates) == len(instant2.deletes) == attempts


def test_a_retry_is_the_next_attempt_of_the_same_action(instant2, run2, capsys):
    def fail_twice(resource):
        if len(instant2.creates) < 3:
            resource.phase, resource.message = TaskExecution.RETRYABLE_FAILED, "worker 0: Evicted"

    events: list[Event] = []
    stop = listen(events.append)
    instant2.change_answer = fail_twice
    assert run2(squares2.stubborn, n=3) == 9
    stop()
    identities = [create.task_execution_metadata.task_execution_id for create in instant2.creates]
    assert [each.retry_attempt for each in identities] == [0, 1, 2]
    assert len({each.node_execution_id.node_id for each in identities}) == 1
    folders, numbers = zip(*(create.output_prefix.rsplit("/", 1) for create in instant2.creates), strict=True)
    assert (len(set(folders)), numbers) == (1, ("1", "2", "3"))
    assert [event.attempt for event in events] == [0, 1, 2, 2]
    assert (
        "squares2.stubborn: attempt 2 of 3 failed: task squares2.stubborn ended as" in capsys.readouterr().err
    )


def test_an_error_that_is_not_the_users_is_none_of_the_users(instant2, run2):
    start = instant2.runner.start

    def break_down(request):
        start(request)
        leave_error(request.output_prefix, "disk is full", origin="SYSTEM")

    instant2.runner.start = break_down
    instant2.change_answer = lambda resource: setattr(resource, "phase", TaskExecution.RETRYABLE_FAILED)
    with pytest.raises(flyte.errors.RuntimeSystemError, match="disk is full"):
        run2(squares2.square, n=3)


def test_an_exception_without_words_is_tried_again_as_any_other(instant2, run2, capsys):
    start = instant2.runner.start

    def raise_in_silence(request):
        start(request)
        leave_error(request.output_prefix, "")

    instant2.runner.start = raise_in_silence
    instant2.change_answer = lambda resource: setattr(resource, "phase", TaskExecution.RETRYABLE_FAILED)
    with pytest.raises(flyte.errors.RuntimeUserError) as caught:
        run2(squares2.stubborn, n=3)
    assert (caught.value.code, str(caught.value)) == ("ValueError", "")
    assert len(instant2.creates) == 3
    assert "squares2.stubborn: attempt 2 of 3 failed: ValueError\n" in capsys.readouterr().err


def test_a_success_without_outputs_is_none(instant2, run2):
    start = instant2.runner.start

    def write_nothing(request):
        start(request)
        Path(request.output_prefix, "outputs.pb").unlink()

    instant2.runner.start = write_nothing
    with pytest.raises(
        flyte.errors.RuntimeSystemError, match=r"squares2\.square succeeded, but .* no /.*outputs\.pb"
    ):
        run2(squares2.square, n=3)


def test_a_connector_that_refuses_is_named_and_asked_again_where_there_are_retries(instant2, run2):
    instant2.before_create_answers = lambda context: context.abort(
        grpc.StatusCode.INVALID_ARGUMENT, "completions = 0: must be at least 1"
    )
    with pytest.raises(flyte.errors.RuntimeUserError) as caught:
        run2(squares2.stubborn, n=3)
    assert caught.value.code == "ConnectorError"
    for part in (instant2.endpoint, "CreateTask", "squares2.stubborn", "INVALID_ARGUMENT", "completions = 0"):
        assert part in str(caught.value)
    assert len(instant2.creates) == 3, "Flyte 2 spends the user's retries on a refused CreateTask"


def test_phases_and_links_are_printed_once(instant2, run2, capsys):
    run2(squares2.square, n=3)
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("[")]
    assert [line.split("] ", 1)[1].split("job-")[0] for line in lines] == [
        "squares2.square RUNNING: working",
        "squares2.square link log: file:///logs/",
        "squares2.square SUCCEEDED",
    ]


def test_without_an_endpoint_the_function_runs_here(run2, monkeypatch):
    monkeypatch.delenv("FLYTECONNECTOR_ENDPOINT", raising=False)
    assert run2(squares2.sum_of_squares, n=3) == 5
    with pytest.raises(flyte.errors.RuntimeUserError, match="negative -1"):
        run2(squares2.square, n=-1)
