"""Does a check that needs a resource say why there is none, in the connector's own words?"""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from sanity_fake import Fake
from sanity_fake_services import TYPE
from sanity_profiles import profile

from connector_sanity.begin import begin
from connector_sanity.dialect import DIALECTS
from connector_sanity.engine import Flyte


@pytest.fixture
def connector() -> Iterator[Fake]:
    fake = Fake()
    yield fake
    fake.stop()


@pytest.fixture(params=[1, 2])
def flyte(request: pytest.FixtureRequest, connector: Fake) -> Iterator[Flyte]:
    about = profile(task_type=TYPE, template={"custom": {"workers": 1}})
    made = Flyte(DIALECTS[request.param], connector.address, about, "run1", "tasks")
    yield made
    made.close()


def seen(connector: Fake) -> Any:
    """Return a cluster in which the connector's resources are."""

    def since(before: set[str]) -> list[Any]:
        return [each for each in connector.resources.values() if each["metadata"]["uid"] not in before]

    return SimpleNamespace(uids=set, since=since, kind=SimpleNamespace(kind="Fake"))


def test_a_task_has_its_resource(flyte: Flyte, connector: Fake) -> None:
    task, it = begin(flyte, seen(connector))
    assert it["metadata"]["name"].encode() in task.meta


def test_a_refusal_by_get_task_is_told(flyte: Flyte, connector: Fake) -> None:
    with pytest.raises(
        AssertionError,
        match=r"made no resource: the task was refused with 'custom: fake 1.0 does not know size'; 1 of Fake",
    ):
        begin(flyte, seen(connector), template={"custom": {"size": 1}})


def test_a_refusal_by_create_task_is_told(flyte: Flyte, connector: Fake) -> None:
    request = flyte.request()
    request.template.type = "nobody"
    with pytest.raises(
        AssertionError,
        match="no resource: the task was refused with NOT_FOUND \"no task type 'nobody'\"; 1 of Fake would be right",
    ):
        begin(flyte, seen(connector), request)


def test_a_task_that_is_accepted_and_made_nothing_is_told(flyte: Flyte) -> None:
    nothing = SimpleNamespace(uids=set, since=lambda _: [], kind=SimpleNamespace(kind="Fake"))
    with pytest.raises(AssertionError, match="CreateTask made no resource: and GetTask says RUNNING"):
        begin(flyte, nothing)  # type: ignore[arg-type]
