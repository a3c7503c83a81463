"""Is a job cancelled that Flyte has given up, and no other, however its creates overlap?"""

from __future__ import annotations

import asyncio

from paid_connector.under_way import UnderWay


def begun(times: int) -> UnderWay:
    creates = UnderWay()
    for _ in range(times):
        asyncio.run(creates.begin("job"))
    return creates


def test_a_create_that_was_given_up_leaves_an_orphan():
    assert begun(1).end("job", made=True)


def test_one_that_made_nothing_leaves_none():
    assert not begun(1).end("job")


def test_one_answer_is_enough_before_and_after():
    creates = begun(3)
    assert not creates.end("job", made=True)
    assert not creates.end("job", answered=True)
    assert not creates.end("job", made=True)


def test_the_last_one_decides_and_nothing_is_remembered_after_it():
    creates = begun(2)
    assert not creates.end("job", made=True)
    assert creates.end("job")
    asyncio.run(creates.begin("job"))
    assert not creates.end("job")


def test_a_create_waits_while_the_job_is_being_cancelled():
    async def both() -> list[str]:
        creates, order = UnderWay(), list[str]()

        async def cancel() -> None:
            await asyncio.sleep(0.02)
            order.append("cancelled")

        ending = asyncio.ensure_future(creates.cancelling("job", asyncio.ensure_future(cancel())))
        await asyncio.sleep(0)
        await creates.begin("job")
        order.append("begun")
        await ending
        return order

    assert asyncio.run(both()) == ["cancelled", "begun"]
