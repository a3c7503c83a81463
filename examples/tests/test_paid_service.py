"""Does the paid service do each job once, bill what lives, and stop when it is told to?"""

from __future__ import annotations

import os
import signal
import time

import pytest
from paid_service.client import Client, PaidServiceError
from paid_service.keeper import birth
from paid_service.model import State
from paid_service.started import Started, named, until
from paying import LONG, ended, key, order


def test_a_job_ends_with_a_result_and_a_bill(client: Client):
    client.submit(job := key(), order(workers=2))
    found = ended(client, job)
    assert (found.state, found.progress, found.live_workers) == (State.SUCCEEDED, 1.0, 0)
    assert abs(found.pi - 3.14159) < 6 * found.standard_error
    assert 0.5 <= found.dollars < 3, "two workers for half a second at half a dollar"
    assert found.dollars_per_second == 0


def test_the_same_order_twice_is_one_job_with_one_set_of_workers(client: Client):
    wanted = order(workers=2, **LONG)
    job = key()
    for _ in range(3):
        client.submit(job, wanted)
    until(lambda: len(named(wanted.name)) == 2, "both workers work")
    client.submit(job, wanted)
    assert client.get(job).live_workers == len(named(wanted.name)) == 2


def test_cancelling_ends_the_processes_and_the_bill_and_may_be_repeated(client: Client):
    wanted = order(workers=3, **LONG)
    client.submit(job := key(), wanted)
    until(lambda: len(named(wanted.name)) == 3, "the workers work")
    first = client.cancel(job)
    assert named(wanted.name) == []
    assert (first.state, first.dollars_per_second) == (State.CANCELLED, 0)
    assert client.cancel(job).dollars == first.dollars == client.get(job).dollars


def test_an_order_that_comes_after_its_cancellation_does_not_start(client: Client):
    client.cancel(job := key())
    with pytest.raises(PaidServiceError, match="was cancelled before it came"):
        client.submit(job, order())


def test_a_killed_service_finds_its_workers_again(service: Started, client: Client):
    wanted = order(workers=2, **LONG)
    client.submit(job := key(), wanted)
    until(lambda: len(named(wanted.name)) == 2, "the workers work")
    workers, began = sorted(named(wanted.name)), time.monotonic()
    service.kill()
    assert sorted(named(wanted.name)) == workers, "workers live on"
    service.start()
    passed = time.monotonic() - began
    found = client.get(job)
    assert (found.live_workers, sorted(named(wanted.name))) == (2, workers)
    assert found.dollars >= 0.5 * 2 * passed, "the time without a service is paid for too"
    client.cancel(job)
    assert named(wanted.name) == []


def test_a_stopped_service_leaves_no_process_and_continues_later(service: Started, client: Client):
    wanted = order(samples=20_000, seconds=2)
    client.submit(job := key(), wanted)
    until(lambda: client.get(job).progress > 0.3, "it has begun")
    service.stop()
    assert named(wanted.name) == []
    service.start()
    assert client.get(job).progress > 0.3
    found = ended(client, job)
    assert found.state == State.SUCCEEDED
    assert found.dollars < 0.5 * 6, "what did not run is not paid for"


def test_a_killed_worker_starts_again_from_where_it_was_and_not_for_ever(client: Client):
    wanted = order(samples=100_000, seconds=30)
    client.submit(job := key(), wanted)
    for _ in range(3):
        until(lambda: named(wanted.name), "a worker works")
        (pid,) = named(wanted.name)
        os.kill(pid, signal.SIGKILL)
        until(lambda pid=pid: birth(pid) is None, "it is gone")
    found = ended(client, job)
    assert (found.state, found.error) == (State.FAILED, "worker 0 ended 3 times before it was done")


def test_a_job_fails_with_its_own_words(client: Client):
    client.submit(job := key(), order(samples=1000, tolerance=0.001))
    found = ended(client, job)
    assert found.state == State.FAILED
    assert "and tolerance is 0.001: order more samples than 1000" in found.error


def test_a_lease_that_nobody_renews_ends_the_job(client: Client):
    client.submit(job := key(), order(lease_seconds=1, **LONG))
    for _ in range(3):
        until(lambda: client.renew(job).live_workers == 1, "it works")
    found = ended(client, job)
    assert (found.state, found.error) == (State.EXPIRED, "nobody has renewed its lease for 1 s")
