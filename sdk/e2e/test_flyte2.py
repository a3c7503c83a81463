"""Do tasks of Flyte 2 run as Jobs, through the same connector as those of Flyte 1, and leave nothing behind?"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cases_flyte2 as cases
import flyte
import pytest
from waiting import ended, job_of, until

import flyteconnector
from devkit import abort, process
from devkit.cluster import bin_folder
from devkit.process import Child
from flyteconnector import Event

METADATA = Path(
    "/tmp/flyte/metadata"
)  # where the SDK keeps what it notes of a local run, whatever TMPDIR says


@pytest.fixture
def name() -> Iterator[str]:
    name = f"e2e-{uuid.uuid4()}"
    yield name
    shutil.rmtree(METADATA / name, ignore_errors=True)


@pytest.fixture
def run(connector, cluster, name) -> Callable[..., Any]:
    """Return a function that runs a task as a user's script does, and returns its value."""

    def run(task: Any, **inputs: Any) -> Any:
        folder = str(cluster.folder / "flyte2")
        context = flyte.with_runcontext(mode="local", name=name, raw_data_path=folder)
        return context.run(task, **inputs).outputs()[0]

    return run


@pytest.fixture
def events() -> Iterator[list[Event]]:
    seen: list[Event] = []
    stop = flyteconnector.listen(seen.append)
    yield seen
    stop()


def test_two_workers_run_and_the_first_ones_value_counts(run, watch, events, name, cluster):
    assert run(cases.who) == "worker 0 of 2"
    job = events[-1].resource_name
    assert [pod.index for pod in watch.of(job, count=2)] == [0, 1]
    assert [link.name for link in events[-1].links] == ["worker 0", "worker 1"]
    for index, link in enumerate(events[-1].links):
        log = Path(link.uri.removeprefix("file://")).read_text()
        assert f"worker {index} of 2" in log
    (found,) = [each for each in cluster.get(abort.KIND) if each["metadata"]["name"] == job]
    assert found["metadata"]["labels"]["run"] == name
    assert found["status"]["succeeded"] == 2


def test_workers_share_files(run):
    shared = Path(run(cases.share).path)
    assert {file.name: file.read_text() for file in shared.iterdir()} == {"0.txt": "0", "1.txt": "1"}


def test_two_jobs_run_beside_each_other(run, events):
    assert run(cases.side_by_side) == [3.5, 4.5]
    assert len({event.resource_name for event in events}) == 2


def test_the_users_exception_comes_back_with_its_traceback(run, events, nothing_left):
    with pytest.raises(flyte.errors.RuntimeUserError, match="division by zero") as caught:
        run(cases.divide, a=1, b=0)
    assert caught.value.code == "ZeroDivisionError"
    text = str(caught.value)
    assert "return a / b" in text
    assert "cases_flyte2.py" in text
    assert text.rstrip().endswith("ZeroDivisionError: division by zero")
    nothing_left(events[-1].resource_name)


def test_another_attempt_is_another_job_and_the_first_is_gone(run, events, nothing_left):
    assert run(cases.second_try, n=3) == 3
    first, second = dict.fromkeys(event.resource_name for event in events)
    assert [event.attempt for event in events if event.phase == "SUCCEEDED"] == [1]
    nothing_left(first)
    assert second != first


def pods_of(job: str, cluster) -> list[dict[str, Any]]:
    return [pod for pod in cluster.get("pods") if pod["metadata"]["name"].startswith(job)]


def test_a_pod_of_the_users_own_runs_and_one_that_needs_the_engine_is_refused_in_words(run, events, cluster):
    """Flyte 2's engine does not say to anybody where the inputs are."""
    assert run(cases.podded) == "in a pod of the user's own"
    pods = pods_of(events[-1].resource_name, cluster)
    assert [pod["metadata"]["labels"]["team"] for pod in pods] == ["flights"]
    with pytest.raises(flyte.errors.RuntimeUserError, match=r"inputs where only the engine knows"):
        run(cases.podded_with_an_input, n=3)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_an_abort_of_flyte_run_leaves_nothing(number, connector, cluster, name, nothing_left):
    command = [str(Path(bin_folder()) / "flyte"), "run", "--local", "--name", name]
    command += [
        "--raw-data-path",
        str(cluster.folder / "flyte2"),
        cases.__file__,
        "linger",
        "--seconds",
        "600",
    ]
    child = Child("flyte run", command, env=os.environ | {"FLYTECONNECTOR_ENDPOINT": connector.address})
    try:
        job = job_of(child)
        until(
            lambda: [pod["status"]["phase"] for pod in pods_of(job, cluster)] == ["Running"] * 2,
            "both workers run",
        )
        uids = [pod["metadata"]["uid"] for pod in pods_of(job, cluster)]
        child.interrupt() if number == signal.SIGINT else child.process.send_signal(number)
        assert ended(child) != 0
    finally:
        child.stop(20)
    assert [line for line in child.tail if f"deleted {job}" in line], list(child.tail)
    nothing_left(job)
    assert process.await_none(lambda: process.naming(*uids), 5) == []


def test_a_caller_that_gives_up_leaves_nothing(run, events, nothing_left):
    async def impatient() -> str:
        lingering = asyncio.create_task(cases.linger.aio(600))
        while not events and not lingering.done():
            await asyncio.sleep(0.1)
        lingering.cancel()
        await asyncio.wait([lingering])
        return f"cancelled: {lingering.cancelled()}"

    assert run(cases.parents.task(impatient)) == "cancelled: True"
    nothing_left(events[0].resource_name)
