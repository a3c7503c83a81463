"""Does connector-sanity call a connector as each Flyte does? Against a connector in memory."""

from __future__ import annotations

from collections.abc import Iterator

import grpc
import pytest
from sanity_fake import Fake
from sanity_fake_services import TYPE
from sanity_profiles import profile

from connector_sanity.dialect import DIALECTS
from connector_sanity.engine import Flyte, code, phase
from connector_sanity.history import History


@pytest.fixture
def connector() -> Iterator[Fake]:
    fake = Fake()
    yield fake
    fake.stop()


@pytest.fixture
def history() -> History:
    return History()


@pytest.fixture(params=[1, 2])
def flyte(request: pytest.FixtureRequest, connector: Fake, history: History) -> Iterator[Flyte]:
    about = profile(task_type=TYPE, template={"custom": {"workers": 1}})
    made = Flyte(DIALECTS[request.param], connector.address, about, "run1", "tasks", history.note)
    yield made
    made.close()


def test_a_request(flyte: Flyte) -> None:
    made = flyte.request(case="c", attempt=2, node="n1", execution="e")
    identity = made.task_execution_metadata
    assert made.output_prefix == "s3://connector-sanity/run1/e/c/n1/2"
    assert identity.namespace == "tasks"
    assert identity.task_execution_id.retry_attempt == 2
    assert identity.task_execution_id.node_execution_id.execution_id.name == "e"
    assert made.template.type == TYPE
    assert made.template.custom.fields["workers"].number_value == 1
    org = getattr(made.template.id, "org", "")
    assert (org == "local") == (flyte.dialect.number == 2)


def test_two_requests_are_two_tasks(flyte: Flyte) -> None:
    first, second = flyte.request(), flyte.request()
    assert first.output_prefix != second.output_prefix
    assert first.output_prefix == flyte.request(case=first.output_prefix.split("/")[5]).output_prefix


def test_a_root_of_its_own(flyte: Flyte) -> None:
    flyte.root = "file:///somewhere"
    assert flyte.request(case="c").output_prefix.startswith("file:///somewhere/run1/")


def test_a_life(flyte: Flyte, history: History) -> None:
    task = flyte.create()
    assert phase(flyte.get(task)) == "RUNNING"
    assert flyte.made == [task]
    flyte.delete(task)
    assert phase(flyte.wait(task, ["RETRYABLE_FAILED"])) == "RETRYABLE_FAILED"
    asked = [event.method for event in history.events]
    assert asked == ["CreateTask", "GetTask", "DeleteTask", "GetTask"]
    assert history.events[0].request.output_prefix == task.prefix


def test_waiting_says_what_it_was_told(flyte: Flyte) -> None:
    with pytest.raises(
        AssertionError, match=r"Flyte [12] was told RUNNING .* for 0 s; one of SUCCEEDED would be right"
    ):
        flyte.wait(flyte.create(), ["SUCCEEDED"], 0.1)


def test_an_error_is_noted_and_raised(flyte: Flyte, history: History) -> None:
    with pytest.raises(grpc.RpcError) as error:
        flyte.get(b"nobody's")
    assert code(error.value) == "INVALID_ARGUMENT"
    assert history.events[-1].answer is error.value


def test_no_phase_is_undefined(flyte: Flyte) -> None:
    assert phase(flyte.dialect.messages.Resource()) == "UNDEFINED"
