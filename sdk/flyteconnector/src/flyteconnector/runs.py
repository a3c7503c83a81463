"""How does one attempt of a task run through a connector, from CreateTask to its end or its deletion?"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from flyteconnector import abort
from flyteconnector.endpoint import ConnectorError
from flyteconnector.progress import Reporter, phase_name, resource_name, say

if TYPE_CHECKING:
    from flyteconnector.client import Client

POLL_SECONDS = 0.5  # Flyte itself asks every 30 seconds
# Flyte reads an empty answer, whose phase is UNDEFINED, as a failure.
FINAL = ("SUCCEEDED", "FAILED", "RETRYABLE_FAILED", "ABORTED", "UNDEFINED")


def run(client: Client, create: Any, task: str, attempt: int = 0, stop: abort.Stop | None = None) -> Any:
    """Create the task's resource, poll it until it has a final phase, and return the last ``Resource``.

    Plays Flyte: whatever does not succeed is deleted, also when this process is told to stop.

    Args:
        client: The connector.
        create: The ``CreateTaskRequest`` of the attempt.
        task: The task's name, for messages.
        attempt: From 0, for messages.
        stop: Ends this run alone when it is set, from any thread.

    Raises:
        ConnectorError: The connector could not be reached, or refused a call.
        Aborted: The run was stopped while it ran in another thread than the main one.
    """
    meta: bytes | None = None
    pause = stop.pause if stop else abort.pause
    with abort.watching():
        try:
            reporter = Reporter(task, attempt)
            meta = client.create(create, pause)
            while True:
                resource = client.get(meta, create.output_prefix, pause)
                reporter.report(resource, meta)
                if phase_name(resource) in FINAL:
                    break
                pause(POLL_SECONDS)
        except BaseException as error:
            clean_up(client, create, task, meta, error)
            raise
        if phase_name(resource) != "SUCCEEDED":
            clean_up(client, create, task, meta, None)
    return resource


def clean_up(client: Client, create: Any, task: str, meta: bytes | None, error: BaseException | None) -> None:
    """Delete the resource; a failure to do so is printed, because what led here is what the caller must see.

    An interrupted CreateTask may have created the resource without telling its name: the same request, sent
    again, tells it.
    """
    connector_failed = isinstance(error, ConnectorError)
    if meta is None and connector_failed and not error.late:
        return
    started = time.monotonic()
    name = "the resource"
    with abort.deleting() as call_it:
        try:
            if meta is None:
                meta = client.create(create)
            name = resource_name(meta) or name
            call_it(name)
            client.delete(meta, patience=0.0 if connector_failed else 10.0)
        except BaseException as failed:
            say(f"{task}: {name} may still be running: {failed or type(failed).__name__}")
            if not isinstance(failed, ConnectorError):
                raise
        else:
            say(f"{task}: deleted {name} ({time.monotonic() - started:.1f} s)")
