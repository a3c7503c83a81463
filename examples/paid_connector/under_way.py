"""Which creates of one job are under way? What they made is an orphan if the last has ended and none was answered."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Coroutine
from typing import Any


class UnderWay:
    """Counts the creates of each job; used by one event loop."""

    def __init__(self) -> None:
        self._calls = Counter[str]()
        self._answered, self._made = set[str](), set[str]()
        self._ending = dict[str, Awaitable[None]]()
        self._later = set[asyncio.Task[None]]()  # or nobody would hold them

    async def begin(self, key: str) -> None:
        """Count a create; returns when nobody is cancelling the job any more."""
        while key in self._ending:
            await self._ending[key]
        self._calls[key] += 1

    def end(self, key: str, answered: bool = False, made: bool = False) -> bool:
        """Count it off; return whether it was the last, and there is a job that Flyte does not know.

        Args:
            key: The job's.
            answered: Whether Flyte has heard of the job.
            made: Whether there is a job of which it has not.
        """
        if answered:
            self._answered.add(key)
        if made:
            self._made.add(key)
        self._calls[key] -= 1
        if self._calls[key]:
            return False
        orphan = key in self._made and key not in self._answered
        del self._calls[key]
        self._answered.discard(key)
        self._made.discard(key)
        return orphan

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it after the call, whose caller has gone."""
        self._later.add(doing := asyncio.ensure_future(work))
        doing.add_done_callback(self._later.discard)

    async def cancelling(self, key: str, doing: Awaitable[None]) -> None:
        """Have creates of this job wait until it is cancelled."""
        self._ending[key] = doing
        try:
            await doing
        finally:
            del self._ending[key]
