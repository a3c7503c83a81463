"""What does a user see of a connector that refuses, is not there, or goes away for a while?"""

from __future__ import annotations

import threading
import time

import grpc
import pytest
import squares
from fake_connector1 import Instantly
from flyteidl.admin import agent_pb2
from flyteidl.core.execution_pb2 import TaskExecution

from flyteconnector import ConnectorError


def test_a_refusal_names_connector_call_code_and_reason(instant):
    instant.before_create_answers = lambda context: context.abort(
        grpc.StatusCode.INVALID_ARGUMENT, "completions = 0: must be at least 1"
    )
    with pytest.raises(ConnectorError) as caught:
        squares.square(n=3)
    for part in (instant.endpoint, "CreateTask", "squares.square", "INVALID_ARGUMENT", "completions = 0"):
        assert part in str(caught.value)
    assert len(instant.creates) == 1, "a refused request was repeated"


def test_an_unreachable_connector_is_one_clear_sentence(instant, monkeypatch):
    monkeypatch.setattr("flyteconnector.client._CREATE_PATIENCE_SECONDS", 0.5)
    instant.stop()
    with pytest.raises(ConnectorError) as caught:
        squares.square(n=3)
    for part in (instant.endpoint, "UNAVAILABLE", "FLYTECONNECTOR_ENDPOINT"):
        assert part in str(caught.value)


def test_a_lost_answer_to_create_is_asked_for_again_with_the_same_request(instant):
    def lose_first(context: grpc.ServicerContext) -> None:
        if len(instant.creates) == 1:
            context.abort(grpc.StatusCode.UNAVAILABLE, "connection lost")

    instant.before_create_answers = lose_first
    assert squares.square(n=3) == 9
    assert len(instant.creates) == 2
    assert instant.creates[0] == instant.creates[1]


def test_a_connector_that_restarts_does_not_cost_the_run(serve, capsys):
    connector = serve(Instantly())
    asked, restarted = threading.Event(), threading.Event()

    def runs_until_restarted(resource: agent_pb2.Resource) -> None:
        asked.set()
        if not restarted.is_set():
            resource.phase = TaskExecution.RUNNING

    def restart() -> None:
        asked.wait(20)
        connector.stop()
        time.sleep(2)
        restarted.set()
        connector.start()

    connector.change_answer = runs_until_restarted
    threading.Thread(target=restart, daemon=True).start()
    assert squares.square(n=5) == 25
    err = capsys.readouterr().err
    assert "does not answer GetTask (" in err
    assert "answers again" in err
    assert len(connector.creates) == 1
    assert connector.deletes == []
