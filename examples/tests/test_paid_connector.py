"""Does a task of the paid service behave through a real connector process?

The service is a real process, the connector is `pyflyte serve connector`; paid_connector.served plays Flyte's engine.
"""

from __future__ import annotations

import pytest
from flyteidl.admin.agent_pb2 import ListAgentsRequest
from flyteidl.core.execution_pb2 import TaskExecution
from flyteidl.service.agent_pb2_grpc import AgentMetadataServiceStub
from google.protobuf import json_format
from paid_connector.served import CATEGORY, Served
from paid_service.started import Started, named, until
from paying import TOKEN, prefix, task

PHASE = TaskExecution.Phase


def ended(connector: Served, meta: bytes):
    final = (PHASE.SUCCEEDED, PHASE.FAILED, PHASE.RETRYABLE_FAILED)
    until(lambda: connector.get(meta).phase in final, "the task ends")
    return connector.get(meta)


def test_it_announces_its_task_type(connector: Served):
    (found,) = [
        agent
        for agent in AgentMetadataServiceStub(connector.channel).ListAgents(ListAgentsRequest()).agents
        if CATEGORY in agent.supported_task_categories
    ]
    assert (found.name, found.is_sync) == ("Paid service connector", False)


def test_a_task_ends_with_typed_outputs_two_links_and_a_bill(connector: Served):
    meta = connector.create(task(workers=2, seconds=1.0), {"samples": 20_000}, prefix())
    first = connector.get(meta)
    assert [link.name for link in first.log_links] == ["Log", "Progress and bill"], "from the first answer on"
    assert len({link.uri for link in first.log_links}) == 2
    found = ended(connector, meta)
    assert PHASE.Name(found.phase) == "SUCCEEDED", found.message
    values = {name: literal.scalar.primitive for name, literal in found.outputs.literals.items()}
    assert {name: one.WhichOneof("value") for name, one in values.items()} == dict.fromkeys(
        ("pi", "standard_error", "dollars"), "float_value"
    )
    assert abs(values["pi"].float_value - 3.14159) < 6 * values["standard_error"].float_value
    info = json_format.MessageToDict(found.custom_info)
    assert info == {
        "dollars": values["dollars"].float_value,
        "dollars_per_second": 0,
        "progress": 1,
        "workers": 2,
    }
    assert info["dollars"] >= 1, "two workers, a second each, half a dollar a second"


def test_a_repeated_create_is_the_same_job_and_another_attempt_is_not(connector: Served):
    long, where = task(), prefix()
    metas = {connector.create(long, {"samples": 10**6}, where) for _ in range(3)}
    assert len(metas) == 1
    until(lambda: len(named(long.task_config.name)) == 1, "one worker works")
    other = connector.create(long, {"samples": 10**6}, where.removesuffix("0") + "1")
    until(lambda: len(named(long.task_config.name)) == 2, "another attempt is another job")
    for meta in (*metas, other):
        connector.delete(meta)
    assert named(long.task_config.name) == []


def test_an_abort_ends_processes_and_bill_and_may_be_repeated(service: Started, connector: Served):
    long = task(workers=3)
    meta = connector.create(long, {"samples": 10**6}, prefix())
    until(lambda: len(named(long.task_config.name)) == 3, "the workers work")
    running = connector.get(meta)
    assert (PHASE.Name(running.phase), running.custom_info["dollars_per_second"]) == ("RUNNING", 1.5)
    connector.delete(meta)
    assert named(long.task_config.name) == []
    bill = connector.get(meta).custom_info["dollars"]
    connector.delete(meta)
    after = connector.get(meta)
    assert (after.custom_info["dollars"], after.custom_info["dollars_per_second"]) == (bill, 0)


def test_a_failed_job_says_why(connector: Served):
    meta = connector.create(task(seconds=0.3, tolerance=0.001), {"samples": 1000}, prefix())
    found = ended(connector, meta)
    assert PHASE.Name(found.phase) == "FAILED"
    assert "and tolerance is 0.001: order more samples than 1000" in found.message


@pytest.mark.parametrize(
    ("samples", "wire", "said"),
    [
        (0, {}, "samples\n  Input should be greater than or equal to 1"),
        (10, {"workers": 99}, "workers=99.0: Input should be less than or equal to 8"),
        (10, {"colour": "red"}, "unexpected keyword argument 'colour'"),
    ],
)
def test_an_order_that_nobody_will_accept_fails_at_once_and_spends_no_retries(connector, samples, wire, said):
    meta = connector.create(task(), {"samples": samples}, prefix(), **wire)
    found = connector.get(meta)
    assert PHASE.Name(found.phase) == "FAILED"
    assert said in found.message
    connector.delete(meta)


def test_a_wrong_configuration_is_refused_where_it_is_written():
    with pytest.raises(ValueError, match=r"PaidJob: workers=0: Input should be greater than or equal to 1"):
        task(workers=0)


def test_the_token_is_nowhere(service: Started, connector: Served):
    """What the tests above have seen, and what the processes have written down."""
    assert len(connector.seen) > 20
    for text in connector.seen:
        assert TOKEN not in text
    files = [connector.log, *(path for path in service.state.rglob("*") if path.is_file())]
    assert len(files) > 10
    for path in files:
        assert TOKEN.encode() not in path.read_bytes(), path
