"""How does a coroutine wait for a run that blocks, and how does one end that nobody waits for any more?"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import threading
from typing import TYPE_CHECKING, Any

from flyteconnector import abort, runs

if TYPE_CHECKING:
    from flyteconnector.client import Client

_AT_EXIT_SECONDS = 20.0
_live: dict[threading.Thread, abort.Stop] = {}
_ending = False


async def run(client: Client, create: Any, task: str, attempt: int) -> Any:
    """Do what ``runs.run`` does, in a thread of its own, and return the last ``Resource``.

    A pool of threads would be the limit of how many tasks run at the same time.

    Raises:
        ConnectorError: The connector could not be reached, or refused a call.
        asyncio.CancelledError: The caller was cancelled, or this process was told to stop. Either way the resource
            has been deleted by then.
    """
    loop, stop = asyncio.get_running_loop(), abort.Stop()
    ended = loop.create_future()

    def work() -> None:
        thread = threading.current_thread()
        _live[thread] = stop
        try:
            if _ending:
                raise abort.Aborted
            outcome = ended.set_result, runs.run(client, create, task, attempt, stop)
        except BaseException as error:
            outcome = ended.set_exception, error
        finally:
            del _live[thread]
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(*outcome)

    threading.Thread(target=work, name=f"flyteconnector {task}", daemon=True).start()
    try:
        return await _patiently(ended, stop)
    except abort.Aborted as aborted:
        raise asyncio.CancelledError(f"task {task}: this process was told to stop") from aborted


async def _patiently(ended: asyncio.Future[Any], stop: abort.Stop) -> Any:
    """Wait for the end, also after a cancellation, which only makes it come sooner."""
    cancelled = None
    while not ended.done():
        try:
            await asyncio.wait([ended])
        except asyncio.CancelledError as error:
            stop.wanted, cancelled = True, cancelled or error
    if cancelled is None:
        return ended.result()
    ended.exception()  # asked for, or asyncio complains that nobody did
    raise cancelled


@atexit.register
def stop_all() -> None:
    """Delete what still runs when the process ends: a task that was called beside one that failed, and that the SDK has
    forgotten. Flyte's engine deletes the children of a task that has ended, too."""
    global _ending
    _ending = True
    live = list(_live.items())
    for _, stop in live:
        stop.wanted = True
    for thread, _ in live:
        thread.join(_AT_EXIT_SECONDS)
