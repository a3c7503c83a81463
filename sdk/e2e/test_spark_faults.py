"""What does Flyte learn, and what is left, when something goes wrong around a Spark task?"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import cases_spark_faults as cases
import pytest
from attempts import Attempt
from waiting import until

from devkit import process, spark
from devkit.cluster import MANIFESTS, LocalCluster
from devkit.connector import Connector

SPARK = MANIFESTS.with_name("local-spark")
PATIENCE = 240
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def connector(spark_cluster: LocalCluster) -> Iterator[Connector]:
    spark_cluster.kubectl("apply", "-k", str(SPARK))
    flags = {"spark": "true", "local_lease": "1h"}  # tests ask about one of twenty, and delete them all
    with Connector(spark_cluster, spark_cluster.folder, "spark-faults", **flags) as connector:
        yield connector


@pytest.fixture
def start(connector: Connector) -> Iterator[Callable[..., Attempt]]:
    """Return a function that creates an attempt of a task, which is deleted when the test has ended."""
    started: list[Attempt] = []

    def start(task: Any, seconds: int = 0) -> Attempt:
        started.append(Attempt(task, seconds=seconds))
        started[-1].create(connector)
        return started[-1]

    yield start
    for attempt in started:
        attempt.delete(connector)


@pytest.fixture
def name_of(spark_cluster: LocalCluster) -> Callable[[Attempt], str]:
    """Return a function that tells the name of the SparkApplication that an attempt has become."""

    def name_of(attempt: Attempt) -> str:
        [name] = [each for each in names(spark_cluster) if each.encode() in attempt.meta]
        return name

    return name_of


def names(cluster: LocalCluster) -> list[str]:
    return [each["metadata"]["name"] for each in cluster.get("sparkapplications")]


def pods(cluster: LocalCluster, name: str) -> list[dict[str, Any]]:
    return cluster.get("pods", "-l", f"sparkoperator.k8s.io/app-name={name}")


def driver(cluster: LocalCluster, name: str) -> dict[str, Any] | None:
    found = [pod for pod in pods(cluster, name) if pod["metadata"]["labels"]["spark-role"] == "driver"]
    return found[0] if found else None


def gone(cluster: LocalCluster, *wanted: str) -> None:
    """Fail unless applications, pods and processes end, and none comes back."""
    until(lambda: not set(wanted) & set(names(cluster)), f"{wanted} are gone", PATIENCE)
    until(lambda: not any(pods(cluster, name) for name in wanted), f"the pods of {wanted} are gone", PATIENCE)


def test_a_driver_that_is_killed_is_a_retryable_failure_with_its_signal(
    start, connector, spark_cluster, name_of
):
    attempt = start(cases.sleepy, seconds=600)
    name = name_of(attempt)
    attempt.await_phase(connector, "RUNNING", PATIENCE)
    pid = lambda: process.naming(driver(spark_cluster, name)["metadata"]["uid"])  # noqa: E731
    until(lambda: driver(spark_cluster, name) is not None and pid(), "the driver runs", PATIENCE)
    for found in pid():
        os.kill(found.pid, signal.SIGKILL)
    last = attempt.await_phase(connector, "RETRYABLE_FAILED", PATIENCE)
    assert "exit code 137" in last.message, last


def test_an_abort_while_the_driver_waits_for_a_node_leaves_nothing(start, connector, spark_cluster, name_of):
    attempt = start(cases.starve)
    name = name_of(attempt)
    last = attempt.await_phase(connector, "WAITING_FOR_RESOURCES", PATIENCE)
    assert "Unschedulable" in last.message
    attempt.delete(connector)
    gone(spark_cluster, name)


def test_a_delete_right_after_the_create_leaves_nothing(start, connector, spark_cluster, name_of):
    attempt = start(cases.sleepy, seconds=600)
    name = name_of(attempt)
    attempt.delete(connector)
    gone(spark_cluster, name)
    until(lambda: not process.naming(name), "no spark-submit of it is left")
    assert pods(spark_cluster, name) == [], "a driver came after the delete"


def test_an_operator_that_is_away_delays_the_end_and_loses_nothing(start, connector, spark_cluster, name_of):
    attempt = start(cases.sleepy, seconds=1)
    name = name_of(attempt)
    attempt.await_phase(connector, "RUNNING", PATIENCE)
    with spark_cluster.without(spark.NAME):
        ended = lambda: driver(spark_cluster, name)["status"]["phase"] == "Succeeded"  # noqa: E731
        until(lambda: driver(spark_cluster, name) is not None and ended(), "the driver has ended", PATIENCE)
        assert attempt.phase(connector) == "RUNNING", "nobody has said so yet"
    attempt.await_phase(connector, "SUCCEEDED", PATIENCE)


def test_the_operators_own_retries_are_used_up_before_flytes(start, connector, spark_cluster, name_of):
    attempt = start(cases.refused)
    name = name_of(attempt)
    last = attempt.await_phase(connector, "RETRYABLE_FAILED", PATIENCE)
    assert "nobody-there" in last.message, last
    [found] = [each for each in spark_cluster.get("sparkapplications") if each["metadata"]["name"] == name]
    assert found["status"]["submissionAttempts"] == 2


def test_twenty_applications_at_once_are_all_submitted_and_all_deleted(
    start, connector, spark_cluster, name_of
):
    attempts = [
        start(cases.starve) for _ in range(20)
    ]  # their drivers wait for a node: two cores run no more
    wanted = {name_of(attempt) for attempt in attempts}
    assert len(wanted) == 20

    def submitted() -> bool:
        states = {
            each["metadata"]["name"]: each.get("status", {}).get("submissionID")
            for each in spark_cluster.get("sparkapplications")
        }
        return all(states.get(name) for name in wanted)

    until(submitted, "all have been submitted", PATIENCE)
    for attempt in attempts:
        attempt.delete(connector)
    gone(spark_cluster, *wanted)
