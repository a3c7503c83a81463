"""What happens to a task of Flyte 2 whose caller does not wait for it any more?"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable

import pytest
from fake_connector import FakeConnector
from fake_connector2 import FakeConnector2, Instantly2
from flyteidl2.core.execution_pb2 import TaskExecution
from squares2 import asquare, parents, square

from flyteconnector.flyte2 import waiting


class Endless(Instantly2):
    """Tasks run for ever, but for those that fail."""

    def phase(self, prefix: str) -> tuple[int, str]:
        failed = prefix in self._failed
        return (TaskExecution.FAILED, "exit code 1") if failed else (TaskExecution.RUNNING, "working")


@pytest.fixture
def endless(serve) -> FakeConnector:
    connector = serve(Endless(), FakeConnector2)
    connector.before_delete_answers = lambda: time.sleep(0.5)
    return connector


async def time_out() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await asquare(5)


async def fail_in_the_same_group() -> None:
    async def fail() -> None:
        await asyncio.sleep(0.5)
        raise ArithmeticError

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(asquare(5))
            group.create_task(fail())

    with pytest.raises(ExceptionGroup):
        await both()


async def cancel_thrice() -> None:
    task = asyncio.create_task(asquare(5))
    for _ in range(3):
        await asyncio.sleep(0.4)
        task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


GIVE_UP = [time_out, fail_in_the_same_group, cancel_thrice]


def called_by(body: Callable[[], Awaitable[None]]):
    """Return a task that awaits ``body``."""

    async def caller() -> None:
        await body()

    return parents.task(caller)


@pytest.mark.parametrize("give_up", GIVE_UP, ids=lambda function: function.__name__)
def test_it_is_deleted_once_and_before_its_caller_goes_on(give_up, endless, run2):
    deleted = []

    async def body() -> None:
        await give_up()
        deleted.extend(endless.deletes)

    run2(called_by(body))
    assert len(endless.creates) == len(set(deleted)) == 1
    assert endless.deletes == deleted


def test_one_that_is_no_coroutine_is_deleted_too(endless, run2):
    """It runs in an event loop of its own, for which the SDK does not wait."""
    answered = threading.Event()
    endless.before_delete_answers = answered.set

    async def body() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(square.aio(5), 0.5)

    run2(called_by(body))
    assert answered.wait(20)
    assert len(endless.creates) == len(endless.deletes) == 1


def test_a_cancellation_before_create_has_answered_leaves_nothing(endless, run2):
    endless.before_create_answers = lambda _: time.sleep(1.5)
    run2(called_by(time_out))
    assert len(set(endless.deletes)) == len(endless.deletes) == 1


def test_a_process_that_ends_starts_no_more(endless, run2, monkeypatch):
    """While the interpreter ends, the SDK's event loops still run, in threads of their own."""
    monkeypatch.setattr(waiting, "_ending", True)

    async def body() -> None:
        with pytest.raises(asyncio.CancelledError):
            await asquare(5)

    run2(called_by(body))
    assert endless.creates == []


def test_one_that_is_cancelled_does_not_disturb_another(endless, run2):
    async def body() -> None:
        first, second = (asyncio.create_task(asquare(n)) for n in (4, 5))
        await asyncio.sleep(0.5)
        first.cancel()
        await asyncio.wait([first])
        endless.change_answer = lambda resource: setattr(resource, "phase", TaskExecution.SUCCEEDED)
        assert await second == 25

    run2(called_by(body))
    assert len(endless.deletes) == 1
