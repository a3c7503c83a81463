"""When does a local run try again, as Flyte would, and what does a lost connection leave?"""

from __future__ import annotations

import re
import threading

import pytest
import squares
from fake_connector1 import Instantly, user_error, write
from flyteidl.core import errors_pb2
from flyteidl.core.execution_pb2 import TaskExecution

from flyteconnector import ConnectorError, Event, listen

ATTEMPTS = {  # phase -> of a task with two retries
    "RETRYABLE_FAILED": 3,
    "UNDEFINED": 3,  # an empty answer is one of these to Flyte
    "FAILED": 1,
    "ABORTED": 1,
}


@pytest.mark.parametrize("phase", ATTEMPTS)
def test_only_a_retryable_failure_is_tried_again(phase, instant):
    instant.change_answer = lambda resource: setattr(resource, "phase", TaskExecution.Phase.Value(phase))
    with pytest.raises(Exception, match=f"task squares.stubborn ended as {phase}"):
        squares.stubborn(n=3)
    assert len(instant.creates) == len(instant.deletes) == ATTEMPTS[phase]


@pytest.mark.parametrize("kind", ["RECOVERABLE", "NON_RECOVERABLE"])
def test_after_a_success_the_error_file_decides(kind, instant):
    original = instant.runner.start

    def leave_error(request):
        original(request)
        document = user_error("Trace:\n\nMessage:\n\n    ValueError: left behind")
        document.error.kind = errors_pb2.ContainerError.Kind.Value(kind)
        write(request.output_prefix, "error.pb", document)

    instant.runner.start = leave_error
    with pytest.raises(Exception, match="left behind"):
        squares.stubborn(n=3)
    assert len(instant.creates) == (3 if kind == "RECOVERABLE" else 1)


def test_the_second_attempt_may_succeed_and_listeners_hear_of_both(instant):
    def fail_first(resource):
        if len(instant.creates) == 1:
            resource.phase = TaskExecution.RETRYABLE_FAILED
            resource.message = "worker 0: Evicted"

    events: list[Event] = []
    stop = listen(events.append)
    instant.change_answer = fail_first
    assert squares.stubborn(n=3) == 9
    stop()
    assert [(event.attempt, event.phase) for event in events] == [
        (0, "RETRYABLE_FAILED"),
        (1, "RUNNING"),
        (1, "SUCCEEDED"),
    ]


def test_a_lost_connection_is_said_with_the_name_of_what_may_run_on(serve, monkeypatch, capsys):
    """Nobody can delete it now; the connector does, when nobody has asked for a while (--local-lease)."""
    connector = serve(Instantly(polls=10**9))
    for name in ("CREATE", "GET"):
        monkeypatch.setattr(f"flyteconnector.client._{name}_PATIENCE_SECONDS", 1.0)
    threading.Thread(target=lambda: (connector.created.wait(20), connector.stop()), daemon=True).start()
    with pytest.raises(ConnectorError, match=r"did not answer GetTask for task squares\.square within"):
        squares.square(n=3)
    assert re.search(r"squares.square: job-\w+ may still be running: ", capsys.readouterr().err)
    assert connector.deletes == []
