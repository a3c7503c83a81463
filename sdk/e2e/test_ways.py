"""Does every way of running a task work on a cluster, and does it leave nothing?"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
import ways
from flytekit.core.local_cache import LocalTaskCache
from line import Line
from waiting import ended, job_of, said

import flyteconnector
from devkit import abort
from flyteconnector import Event


@pytest.fixture
def events():
    seen: list[Event] = []
    stop = flyteconnector.listen(seen.append)
    yield seen
    stop()


def resources(events: list[Event]) -> list[str]:
    """Return the Jobs of these events, in the order of their first."""
    return list(dict.fromkeys(event.resource_name for event in events))


def test_files_folders_dataclasses_and_tables_pass_from_job_to_job(connector, events):
    assert ways.chain(text="a bb ccc dddd") == len(str(["bb", "dddd"]))
    assert len(resources(events)) == 5


def test_a_dynamic_workflow_makes_a_job_for_each_call(connector, events):
    assert ways.doubles(n=2) == [0, 2]
    assert len(resources(events)) == 2


def test_an_eager_workflow_gets_values_of_jobs(connector, events):
    assert asyncio.run(ways.sum_of_doubles(n=2)) == 2
    assert len(resources(events)) == 2


def test_a_retry_is_a_job_of_its_own(connector, events, nothing_left):
    assert ways.second_time(n=40) == 41
    first, second = resources(events)
    assert [event.attempt for event in events if event.resource_name == second][-1] == 1
    nothing_left(first)


def test_a_pod_template_a_secret_and_interruptible_reach_the_pod(connector, cluster, events):
    assert ways.colour() == "blue"
    (job,) = resources(events)
    (pod,) = [pod for pod in cluster.get("pods") if pod["metadata"]["name"].startswith(job)]
    assert pod["metadata"]["labels"]["team"] == "flights"
    assert pod["metadata"]["labels"]["interruptible"] == "true"
    assert pod["metadata"]["labels"]["inject-flyte-secrets"] == "true"
    assert "flyte.secrets/s0" in pod["metadata"]["annotations"]
    assert [container["name"] for container in pod["spec"]["containers"]] == ["main"]


def test_the_first_workers_deck_is_shown(connector, capfd):
    assert ways.steps(n=3) == 3
    uri = re.search(r"ways\.steps deck: file://(\S+)", capfd.readouterr().err)
    deck = Path(uri[1]).read_text()
    assert "all steps done" in deck
    assert "100%" in deck


def test_a_remembered_value_makes_no_job(connector, events, monkeypatch, tmp_path):
    monkeypatch.setattr("flytekit.core.local_cache.CACHE_LOCATION", str(tmp_path))
    monkeypatch.setattr(LocalTaskCache, "_initialized", False)
    assert [ways.remembered(n=3), ways.remembered(n=3)] == [9, 9]
    assert len(resources(events)) == 1


def test_pyflyte_run_without_an_endpoint_makes_no_job(connector, cluster, run_case, monkeypatch):
    before = {job["metadata"]["name"] for job in cluster.get(abort.KIND)}
    monkeypatch.setattr(connector, "address", "")
    child = run_case("divide", "--a", "7", "--b", "2")
    assert ended(child) == 0, list(child.tail)
    assert child.stdout.read().split()[-1] == "3.5"
    assert {job["metadata"]["name"] for job in cluster.get(abort.KIND)} <= before


def test_a_run_that_loses_its_connection_leaves_no_job(run_case, start_connector, monkeypatch, nothing_left):
    """Nobody can send a delete then; the lease is what ends it, and the run says what it could not delete."""
    leased = start_connector(local_lease="4s")
    line = Line(leased.address)
    monkeypatch.setattr(leased, "address", line.address)
    child = run_case("linger", "--seconds", "600", through=leased)
    job = job_of(child)
    line.cut()
    said(child, "does not answer GetTask")
    nothing_left(job)
    child.interrupt()
    said(child, f"{job} may still be running")
    assert ended(child) != 0
