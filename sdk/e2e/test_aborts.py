"""Does an abort leave nothing behind, whenever it comes?"""

from __future__ import annotations

import signal
import time

import cases
import pytest
from flyteidl.core.execution_pb2 import TaskExecution
from flytekit import FlyteContextManager
from waiting import ended, job_of, said, until

from devkit import abort, process
from flyteconnector.client import Client
from flyteconnector.flyte1 import request
from flyteconnector.flyte1.mixin import API


def pods_of(cluster, job):
    return [pod for pod in cluster.get("pods") if pod["metadata"]["name"].startswith(job)]


def test_before_any_pod_starts(run_case, cluster, nothing_left):
    child = run_case("starve")
    said(child, "WAITING_FOR_RESOURCES: worker 0: Unschedulable: .*Insufficient cpu")
    assert {pod["status"]["phase"] for pod in pods_of(cluster, "starve-")} == {"Pending"}
    child.interrupt()
    assert ended(child) != 0
    nothing_left("starve-")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_while_its_workers_run(number, run_case, cluster, nothing_left):
    child = run_case("linger", "--seconds", "600")
    job = job_of(child)
    until(
        lambda: [p["status"]["phase"] for p in pods_of(cluster, job)] == ["Running"] * 2, "both workers run"
    )
    uids = [pod["metadata"]["uid"] for pod in pods_of(cluster, job)]
    assert len(process.naming(*uids)) >= 2
    child.interrupt() if number == signal.SIGINT else child.process.send_signal(number)
    assert ended(child) != 0
    said_so = [line for line in child.tail if f"deleted {job}" in line]
    assert said_so, f"no word about {job}: {list(child.tail)}"
    nothing_left(job)
    assert process.await_none(lambda: process.naming(*uids), 5) == []


def test_after_its_end_and_twice(connector, cluster, nothing_left):
    prefix = FlyteContextManager.current_context().file_access.get_random_remote_directory()
    create = request.build(cases.divide, {"a": 6, "b": 3}, prefix)
    client = Client(connector.address, cases.divide.name, create.template, API)
    meta = client.create(create)
    until(lambda: client.get(meta, prefix, time.sleep).phase == TaskExecution.SUCCEEDED, "the task succeeds")
    (job,) = [job["metadata"]["name"] for job in cluster.get(abort.KIND) if succeeded_now(job, cluster, meta)]
    assert len(pods_of(cluster, job)) == 1
    client.delete(meta)
    nothing_left(job)
    client.delete(meta)
    assert client.get(meta, prefix, time.sleep).phase == TaskExecution.SUCCEEDED, "an end never changes"
    client.close()


def succeeded_now(job, cluster, meta):
    return job["metadata"]["name"].encode() in meta
