"""How does a task become a job of the paid service, and the job a phase? Three calls; each may come twice.

What Flyte does with the answers decides what they are: an error of create costs one of the user's retries, a few errors
of get stop the polling for good, and after an error of delete the job may go on, and go on costing.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from flyteidl.core.execution_pb2 import TaskExecution, TaskLog
from flytekit import FlyteContextManager
from flytekit.core.type_engine import TypeEngine
from flytekit.extend.backend.base_connector import (
    AsyncConnectorBase,
    ConnectorRegistry,
    Resource,
    ResourceMeta,
)
from flytekit.models.literals import LiteralMap
from flytekit.models.task import TaskTemplate
from paid_service.client import PaidServiceError
from paid_service.model import Job, State

from paid_connector.settings import service
from paid_connector.task import TASK_TYPE, PaidJob
from paid_connector.under_way import UnderWay

log = logging.getLogger(__name__)  # flytekit's own shows nothing below CRITICAL unless told to
# Flyte waits 10 s for each call. The tries of one call end before, so that it is we who say what was wrong.
PATIENCE = 7.0
GET_PATIENCE = 1.5  # and in 30 s Flyte asks again
ASKING = ThreadPoolExecutor(16, "get")  # of gets alone: if they hang, no create and no delete waits for them
CREATES = UnderWay()
LOG, PLOT = "Log", "Progress and bill"

PHASES = {
    State.RUNNING: TaskExecution.RUNNING,
    State.SUCCEEDED: TaskExecution.SUCCEEDED,
    State.FAILED: TaskExecution.FAILED,  # the same order would fail again
    State.CANCELLED: TaskExecution.FAILED,  # by somebody else than Flyte, who wanted that
    State.EXPIRED: TaskExecution.RETRYABLE_FAILED,
}


@dataclass
class PaidMeta(ResourceMeta):
    """What Flyte keeps of a task for us, and sends with each call; it can be read in Flyte's database and log."""

    key: str
    log_page: str = ""
    plot_page: str = ""
    refused: str = ""
    """Why there is no job, and never will be."""


# %% The key. Flyte calls create again when an answer was lost, and starts a new attempt after a failure. The output
# prefix is the same in the first case and another in the second; the names of task and execution are not.


def key_of(output_prefix: str) -> str:
    """Return the key of an attempt's job."""
    return f"flyte-{hashlib.sha256(output_prefix.encode()).hexdigest()[:32]}"


class PaidConnector(AsyncConnectorBase):
    """Runs tasks of type `paid_job` at the paid service."""

    name = "Paid service connector"

    def __init__(self) -> None:
        super().__init__(task_type_name=TASK_TYPE, metadata_type=PaidMeta)

    # %% Create. If Flyte hangs up while we wait for the service, it will never send a delete: a job that is made all
    # the same would cost money for nobody. So the wait goes on without Flyte, and what comes of it is cancelled, unless
    # Flyte has called again meanwhile, and knows the job now.

    async def create(
        self, task_template: TaskTemplate, output_prefix: str, inputs: LiteralMap | None = None, **_: Any
    ) -> PaidMeta:
        """Order the job, and return what is needed to ask for it. Raises PaidServiceError: that costs a retry."""
        key = key_of(output_prefix)
        await CREATES.begin(key)
        ordering = asyncio.ensure_future(asyncio.to_thread(order, task_template, output_prefix, inputs))
        try:
            meta = await asyncio.shield(ordering)
        except asyncio.CancelledError:
            ordering.add_done_callback(lambda done: CREATES.later(over(key, done)))
            raise
        except BaseException:
            CREATES.end(key)
            raise
        CREATES.end(key, answered=True)
        return meta

    # %% Get. An outage of the service is no failure of the job, which runs on: it is RUNNING, as far as anybody knows.
    # The links are in the metadata, so that the answer has them even then. Flyte shows only those of a new phase.
    # If the service hangs, the gets of many tasks wait for a thread. They stop waiting before Flyte does.

    async def get(self, resource_meta: PaidMeta, **_: Any) -> Resource:
        """Return the job's phase, links and bill. It raises nothing: a few errors, and Flyte never asks again."""
        if resource_meta.refused:
            return Resource(phase=TaskExecution.FAILED, message=resource_meta.refused)
        links = [
            TaskLog(name=LOG, uri=resource_meta.log_page, ShowWhilePending=True),
            TaskLog(name=PLOT, uri=resource_meta.plot_page, ShowWhilePending=True),
        ]
        asking = asyncio.get_running_loop().run_in_executor(ASKING, look, resource_meta.key)
        try:
            job = await asyncio.wait_for(asking, PATIENCE)
        except (PaidServiceError, ValueError, TimeoutError) as error:
            # ValueError: the platform has to mend something. TimeoutError: this get had no turn.
            said = str(error) or f"for {PATIENCE:g} s all threads have waited for the paid service"
            log.error("nothing is known of %s: %s", resource_meta.key, said)
            lost = isinstance(error, PaidServiceError) and error.status == 404
            phase = TaskExecution.RETRYABLE_FAILED if lost else TaskExecution.RUNNING
            return Resource(phase=phase, message=said, log_links=links)
        return resource(job, links)

    # %% Delete. Flyte repeats a failed delete a dozen times within a moment, then gives up. So the patience is here.

    def delete(self, resource_meta: PaidMeta, **_: Any) -> None:
        """End the job, and its bill; one that has ended stays as it is. Raises PaidServiceError."""
        if not resource_meta.refused:
            with service(PATIENCE) as paid:
                paid.cancel(resource_meta.key)


def order(template: TaskTemplate, output_prefix: str, inputs: LiteralMap | None) -> PaidMeta:
    """Order the job of one attempt, or find it.

    What the service will never accept is no error: Flyte would spend all retries on it. The first get fails the task.
    """
    key = key_of(output_prefix)
    try:
        config = PaidJob(**template.custom)
        given = TypeEngine.literal_map_to_kwargs(
            FlyteContextManager.current_context(), inputs or LiteralMap({}), {"samples": int}
        )
        wanted = config.order(given["samples"])
    except (TypeError, ValueError, KeyError) as error:
        return PaidMeta(key, refused=f"this is no order for the paid service: {error}")
    with service(PATIENCE) as paid:
        try:
            job = paid.submit(key, wanted)
        except PaidServiceError as error:
            if error.status in (400, 402, 422):
                return PaidMeta(key, refused=str(error))
            if error.status is None:  # it may have heard us
                give_up(key)
            raise
    if job.state == State.CANCELLED:  # Flyte had hung up and calls again. The next attempt has another key.
        raise PaidServiceError(f"job {key} was cancelled before: another attempt orders a new one")
    return PaidMeta(key, job.log_page, job.plot_page)


def look(key: str) -> Job:
    """Ask the service for a job; raises PaidServiceError, or ValueError when the connector lacks a setting."""
    with service(GET_PATIENCE) as paid:
        return paid.get(key)


def give_up(key: str) -> None:
    """Cancel a job that nobody will ask for, if the service can be reached at once."""
    try:
        with service(1) as paid:
            paid.cancel(key)
    except (PaidServiceError, ValueError):
        pass  # nobody else can do it now


async def over(key: str, ordered: asyncio.Future[PaidMeta]) -> None:
    """Cancel what a create has made that Flyte has given up, if nobody has asked for it again."""
    if CREATES.end(key, made=ordered.exception() is None):
        await CREATES.cancelling(key, asyncio.get_running_loop().run_in_executor(None, give_up, key))


def resource(job: Job, links: list[TaskLog]) -> Resource:
    """Return what Flyte is told about a job."""
    info = {
        "dollars": round(job.dollars, 4),
        "dollars_per_second": job.dollars_per_second,
        "progress": round(job.progress, 3),
        "workers": job.workers,
    }
    outputs = None
    if job.state == State.SUCCEEDED:
        outputs = {"pi": job.pi, "standard_error": job.standard_error, "dollars": round(job.dollars, 4)}
    until_when = "in all" if job.state.final else "so far"
    message = job.error or f"{job.progress:.0%} done, ${job.dollars:.2f} {until_when}"
    return Resource(PHASES[job.state], message, links, outputs, info)


ConnectorRegistry.register(PaidConnector())
