"""What does a task of the paid service do when the service is away, slow, forgetful, or does not know us?"""

from __future__ import annotations

import asyncio
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from flyteidl.admin.agent_pb2 import GetTaskRequest
from flyteidl.core.execution_pb2 import TaskExecution
from paid_connector.connector import PaidConnector, PaidMeta, key_of
from paid_connector.served import CATEGORY, Served
from paid_service.started import Started, named, until
from paying import TOKEN, prefix, task

PHASE = TaskExecution.Phase
GONE = "flyte-" + 32 * "0"
NOBODY = b'{"key": "%s"}' % GONE.encode()


def test_an_outage_while_it_runs_is_no_failure(service: Started, connector: Served):
    long = task()
    meta = connector.create(long, {"samples": 10**6}, prefix())
    until(lambda: named(long.task_config.name), "it works")
    service.kill()
    try:
        for _ in range(2):
            found = connector.get(meta)
            assert PHASE.Name(found.phase) == "RUNNING"
            assert f"GET {service.url}/v1/jobs/" in found.message
            assert "no answer" in found.message
            assert len(found.log_links) == 2
    finally:
        service.start()
    assert "% done" in connector.get(meta).message
    connector.delete(meta)
    assert named(long.task_config.name) == []


def test_a_service_that_hangs_costs_no_more_than_the_time_that_flyte_waits(
    service: Started, connector: Served
):
    meta = connector.create(task(seconds=1.0), {"samples": 1000}, prefix())
    where = prefix()
    late = task()
    service.process.send_signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert PHASE.Name(connector.get(meta).phase) == "RUNNING"
        assert time.monotonic() - began < 5
        with pytest.raises(grpc.RpcError) as refused:
            connector.create(late, {"samples": 10**6}, where, timeout=1.5)
        assert refused.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    finally:
        service.process.send_signal(signal.SIGCONT)
    # Flyte has hung up, and the service has the order now. Nobody will ever send a delete for it.
    with service.client() as client:
        key = key_of(where)
        until(lambda: client.get(key).state == "cancelled", "what Flyte no longer waits for is cancelled")
    assert named(late.task_config.name) == []
    with pytest.raises(grpc.RpcError, match="another attempt orders a new one"):
        connector.create(late, {"samples": 10**6}, where)  # as FlytePropeller does after a restart


def test_a_service_that_hangs_makes_no_error_of_a_status_call_however_many_tasks_run(
    service: Started, connector: Served
):
    """More than five such errors, and Flyte never asks for a task again."""
    asked = GetTaskRequest(resource_meta=NOBODY, task_category=CATEGORY)
    service.process.send_signal(signal.SIGSTOP)
    try:
        calls = [connector.stub.GetTask.future(asked, timeout=10) for _ in range(100)]
        errors = [call.exception() for call in calls]
        assert errors == [None] * len(calls)
        phases = {PHASE.Name(call.result().resource.phase) for call in calls}
    finally:
        service.process.send_signal(signal.SIGCONT)
    assert phases == {"RUNNING"}


def test_without_a_service_create_and_delete_say_so_in_time(service: Started, connector: Served):
    service.kill()
    try:
        with ThreadPoolExecutor() as pool:
            calls = [
                pool.submit(connector.create, task(), {"samples": 10}, prefix()),
                pool.submit(connector.delete, NOBODY),
            ]
            for call in calls:
                error = call.exception()
                assert isinstance(error, grpc.RpcError)
                assert error.code() == grpc.StatusCode.INTERNAL, "and not a deadline, which says nothing"
                assert f"{service.url}/v1/jobs/flyte-" in error.details()
    finally:
        service.start()


def test_a_job_that_the_service_has_lost_may_be_tried_again(connector: Served):
    found = connector.get(NOBODY)
    assert PHASE.Name(found.phase) == "RETRYABLE_FAILED"
    assert f"there is no job '{GONE}'" in found.message


def test_a_wrong_token_is_said_and_kills_no_running_task(service: Started, connector: Served):
    said = "401 Unauthorized"
    service.stop()
    service.token = f"new-{TOKEN}"  # and nobody has told the connector
    service.start()
    try:
        with pytest.raises(grpc.RpcError, match=said):
            connector.create(task(), {"samples": 10}, prefix())
        found = connector.get(NOBODY)
        assert (PHASE.Name(found.phase), said in found.message) == ("RUNNING", True)
        assert said in connector.log.read_text(), "and whoever is on call can read it"
    finally:
        service.stop()
        service.token = TOKEN
        service.start()


@pytest.mark.parametrize(
    ("url", "said"),
    [("http://127.0.0.1:9", "a variable _FSEC_PAID_SERVICE_TOKEN"), ("", "PAID_SERVICE_URL is not set")],
)
def test_a_connector_without_settings_says_which_and_kills_no_running_task(monkeypatch, url, said):
    monkeypatch.setenv("PAID_SERVICE_URL", url)
    monkeypatch.delenv("_FSEC_PAID_SERVICE_TOKEN", raising=False)
    found = asyncio.run(PaidConnector().get(PaidMeta(GONE)))
    assert (PHASE.Name(found.phase), said in found.message) == ("RUNNING", True)


def test_the_token_is_in_no_error_and_in_no_log(connector: Served):
    """What the tests above have seen."""
    assert any("401 Unauthorized" in text for text in connector.seen)
    for text in (*connector.seen, connector.log.read_text()):
        assert TOKEN not in text
