"""Does a task that runs as a Job return what it should, and did it really run as one?"""

from __future__ import annotations

from pathlib import Path

import cases
import pytest
import workflow
from waiting import ended, job_of

import flyteconnector
from devkit import abort
from devkit.watch import together
from flyteconnector import Event


@pytest.fixture
def events():
    seen: list[Event] = []
    stop = flyteconnector.listen(seen.append)
    yield seen
    stop()


def test_the_flights_workflow_returns_what_pandas_computes(connector, watch, events):
    delays = workflow.slowest_airlines(airports=["JFK", "LGA"])

    table = workflow.flights()
    of_two = table[table.origin.isin(["JFK", "LGA"])].groupby("carrier").dep_delay
    expected = of_two.agg(["count", "mean"]).sort_values("mean", ascending=False)
    assert [(d.airline, d.departures) for d in delays] == [(row.Index, row.count_) for row in rows(expected)]
    assert [d.mean_minutes for d in delays] == pytest.approx(list(expected["mean"]))

    pods = watch.of(events[-1].resource_name, count=4)
    assert [pod.index for pod in pods] == [0, 1, 2, 3]
    assert together(pods) > 0, f"the four workers did not run at the same time: {pods}"

    assert [link.name for link in events[-1].links] == ["worker 0", "worker 1", "worker 2", "worker 3"]
    for index, link in enumerate(events[-1].links):
        assert f"worker {index} of 4: " in Path(link.uri.removeprefix("file://")).read_text()


def rows(frame):
    return frame.rename(columns={"count": "count_"}).itertuples()


def test_a_task_returns_a_value_and_its_job_stays_until_its_time_is_up(connector, cluster, events):
    assert cases.divide(a=7, b=2) == 3.5
    (job,) = [job for job in cluster.get(abort.KIND) if job["metadata"]["name"] == events[-1].resource_name]
    assert job["status"]["succeeded"] == 1
    assert job["spec"]["ttlSecondsAfterFinished"] == 600


def test_two_runs_side_by_side_do_not_disturb_each_other(run_case, watch):
    children = [run_case("linger", "--seconds", str(seconds)) for seconds in (7, 8)]
    jobs = {job_of(child) for child in children}
    assert [ended(child) for child in children] == [0, 0], [list(child.tail) for child in children]
    assert [child.stdout.read().split()[-1] for child in children] == ["7", "8"]
    pods = [pod for job in jobs for pod in watch.of(job, count=2)]
    assert [pod.index for pod in pods] == [0, 1, 0, 1]
    assert together(pods) > 0, f"they ran one after the other: {pods}"
