"""Do several connectors on one cluster, and several attempts of one task, get along?"""

from __future__ import annotations

import cases
from attempts import Attempt
from waiting import ended, job_of

from devkit import abort


def test_one_creates_another_answers_a_third_deletes(connector, start_connector, nothing_left):
    """A connector keeps nothing in mind that another would need: replicas may share the calls for one task."""
    second, third = start_connector(), start_connector()
    attempt = Attempt(cases.linger, seconds=600)
    job = attempt.create(connector)
    attempt.await_phase(second, "RUNNING")
    attempt.delete(third)
    nothing_left(job)
    for each in (connector, second, third):
        answer = attempt.get(each)
        assert "does not exist any more" in answer.message, answer


def test_the_same_attempt_created_by_two_is_one_job(connector, start_connector, cluster):
    """Flyte calls CreateTask at least once, and a load balancer may send the second call elsewhere."""
    second = start_connector()
    attempt = Attempt(cases.divide, a=6, b=3)
    names = {attempt.create(connector), attempt.create(second)}
    assert len(names) == 1
    attempt.await_phase(second, "SUCCEEDED")
    assert len([job for job in cluster.get(abort.KIND) if job["metadata"]["name"] in names]) == 1
    attempt.delete(connector)


def test_a_retry_after_a_delete_that_was_lost_leaves_one_job(connector, cluster, nothing_left):
    """Flyte deletes a failed attempt before the next one, and gives up after 0.13 s. The next create repairs that,
    and leaves what is none of its own alone."""
    bystander = Attempt(cases.linger, seconds=600)
    first = Attempt(cases.linger, seconds=600)
    second = Attempt(cases.linger, retry_of=first, seconds=600)
    jobs = [each.create(connector) for each in (bystander, first)]
    for each in (bystander, first):
        each.await_phase(connector, "RUNNING")
    jobs.append(second.create(connector))

    nothing_left(jobs[1])
    second.await_phase(connector, "RUNNING")
    alive = {job["metadata"]["name"] for job in cluster.get(abort.KIND)}
    assert {jobs[0], jobs[2]} <= alive
    assert bystander.phase(connector) == "RUNNING"
    for attempt, job in ((bystander, jobs[0]), (second, jobs[2])):
        attempt.delete(connector)
        nothing_left(job)


def test_a_run_that_is_killed_is_cleaned_up_when_its_lease_is_over(run_case, start_connector, nothing_left):
    """A local run that SIGKILL ends sends no delete. The connector notices that nobody asks any more."""
    leased = start_connector(local_lease="4s")
    child = run_case("linger", "--seconds", "600", through=leased)
    job = job_of(child)
    child.kill9()
    nothing_left(job)


def test_a_run_that_asks_outlives_its_lease(run_case, start_connector, cluster):
    """The lease is about silence, not about time."""
    leased = start_connector(local_lease="4s")
    child = run_case("linger", "--seconds", "10", through=leased)
    job = job_of(child)
    assert ended(child) == 0, list(child.tail)
    assert job in {each["metadata"]["name"] for each in cluster.get(abort.KIND)}
