"""What does a run notice when the connector is killed and comes back?"""

from __future__ import annotations

import time

from waiting import ended, job_of, said


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
    assert [j["metadata"]["name"] for j in cluster.get("jobs")].count(job) == 1
