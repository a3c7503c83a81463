"""What does a run notice when the connector is killed and comes back?"""

from __future__ import annotations

import os
import signal
import threading
import time

import cases
from attempts import Attempt
from waiting import ended, job_of, said

from devkit import abort


def test_a_killed_connector_costs_no_run(run_case, connector, cluster):
    child = run_case("linger", "--seconds", "12")
    job = job_of(child)
    connector.kill9()
    said(child, "does not answer GetTask")
    time.sleep(1)
    connector.restart()
    assert ended(child) == 0, list(child.tail)
    assert child.stdout.read().split()[-1] == "12"
    words = "\n".join(child.tail)
    assert "answers again" in words
    assert "SUCCEEDED" in words
    assert [j["metadata"]["name"] for j in cluster.get(abort.KIND)].count(job) == 1


def test_a_connector_that_is_killed_while_it_creates_leaves_one_job(connector, cluster):
    """The API server stands still, so the create is under way when the connector dies. It may reach the API server
    yet or not: the same call, made again, has to make one Job or to find it."""
    before = {job["metadata"]["name"] for job in cluster.get(abort.KIND)}
    attempt, names = Attempt(cases.divide, a=6, b=3), []
    calling = threading.Thread(target=lambda: names.append(attempt.create(connector)))
    api_server = cluster.ready["pids"]["kube-apiserver"]
    os.kill(api_server, signal.SIGSTOP)
    try:
        calling.start()
        time.sleep(1)
        assert names == [], "it cannot have been created"
        connector.kill9()
    finally:
        os.kill(api_server, signal.SIGCONT)
    connector.restart()
    calling.join(30)
    assert attempt.await_phase(connector, "SUCCEEDED").message == ""
    after = {job["metadata"]["name"] for job in cluster.get(abort.KIND)}
    assert after - before == set(names)
    attempt.delete(connector)
