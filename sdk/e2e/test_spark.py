"""Do Spark tasks run through the connector: to a value, to an error in words, and to an abort that leaves nothing?"""

from __future__ import annotations

import ast
import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from waiting import ended, said, until

from devkit import environment, process
from devkit.cluster import MANIFESTS, NAMESPACE, LocalCluster
from devkit.connector import Connector
from devkit.process import Child

CASES = Path(__file__).parent / "tasks" / "cases_spark.py"
SPARK = MANIFESTS.with_name("local-spark")
PATIENCE = 240
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def connector(spark_cluster: LocalCluster) -> Iterator[Connector]:
    spark_cluster.kubectl("apply", "-k", str(SPARK))
    with Connector(spark_cluster, spark_cluster.folder, "spark-connector", spark="true") as connector:
        yield connector


@pytest.fixture
def run(connector: Connector) -> Iterator[Callable[..., Child]]:
    """Return a function that starts `pyflyte run cases_spark.py TASK …` in the environment with PySpark."""
    children: list[Child] = []
    home = environment.HOMES / "spark"

    def start(task: str, *words: str) -> Child:
        ours = {"FLYTECONNECTOR_ENDPOINT": connector.address, "SPARK_LOCAL_IP": "127.0.0.1"}
        env = environment.settings(os.environ | ours, home)
        command = [str(home / "bin" / "pyflyte"), "run", str(CASES), task, *words]
        children.append(Child(f"pyflyte run {task}", command, env=env))
        return children[-1]

    yield start
    for child in children:
        child.stop(20)


def application(child: Child) -> str:
    """Return the name of the SparkApplication that the child's task became."""
    return said(child, r"link driver: file:///\S+/[a-z-]+_([a-z-]+-[a-z2-7]{12})-driver_", PATIENCE)[1]


def value(child: Child) -> Any:
    assert ended(child, PATIENCE) == 0, list(child.tail)
    return child.stdout.read().splitlines()[-1]


def failure(child: Child) -> str:
    """Return all that a user reads of a task that fails: phases, and the exception as pyflyte prints it."""
    assert ended(child, PATIENCE) != 0
    return "\n".join(child.tail) + child.stdout.read()


def pods(cluster: LocalCluster, name: str) -> list[dict[str, Any]]:
    return cluster.get("pods", "-l", f"sparkoperator.k8s.io/app-name={name}")


def gone(cluster: LocalCluster, name: str, uids: list[str]) -> None:
    """Fail unless application, pods and processes end."""
    left = lambda: [a for a in cluster.get("sparkapplications") if a["metadata"]["name"] == name]  # noqa: E731
    until(lambda: not left() and not pods(cluster, name), f"{name} and its pods are gone")
    assert process.await_none(lambda: process.naming(*uids), 20) == []


def test_a_driver_and_two_executors_return_a_value_and_know_who_they_are(run, spark_cluster):
    child = run("who", "--n", "1000")
    name = application(child)
    out = value(child)
    assert "499500" in out
    assert "['2', 'hello executor']" in out
    assert "driver" in out
    said(child, r"cases_spark\.who deck: file://\S+")
    deck = Path(re.search(r"deck: file://(\S+)", "\n".join(child.tail))[1]).read_text()
    for part in ("Stages", "Physical Plan", "HashAggregate"):
        assert part in deck
    [found] = [a for a in spark_cluster.get("sparkapplications") if a["metadata"]["name"] == name]
    assert found["status"]["applicationState"]["state"] == "COMPLETED"


def test_tables_pass_from_spark_to_spark_and_on_to_pandas(run):
    assert ast.literal_eval(value(run("odd_squares", "--n", "6"))) == [1, 9, 25]


def test_the_users_exception_comes_back_with_its_traceback(run):
    child = run("refuse", "--n", "7")
    assert "ValueError: no 7 for größere Zahlen" in failure(child)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_an_abort_while_it_runs_ends_driver_and_executors(number, run, spark_cluster):
    child = run("linger", "--seconds", "600")
    name = application(child)
    roles = lambda: [pod["metadata"]["labels"]["spark-role"] for pod in pods(spark_cluster, name)]  # noqa: E731
    until(lambda: sorted(roles()) == ["driver", "executor", "executor"], "all pods are there", PATIENCE)
    uids = [pod["metadata"]["uid"] for pod in pods(spark_cluster, name)]
    child.interrupt() if number == signal.SIGINT else child.process.send_signal(number)
    assert ended(child, PATIENCE) != 0
    gone(spark_cluster, name, uids)


def test_an_abort_while_it_is_submitted_leaves_nothing(run, spark_cluster):
    child = run("linger", "--seconds", "600")

    def names() -> list[str]:
        found = [each["metadata"]["name"] for each in spark_cluster.get("sparkapplications")]
        return [name for name in found if "linger" in name]

    until(lambda: len(names()) == 1, "the application has been created", PATIENCE)
    [name] = names()
    child.interrupt()
    assert ended(child, PATIENCE) != 0
    gone(spark_cluster, name, [])


def test_an_executor_that_takes_too_much_memory_is_named(run):
    child = run("too_much")
    words = failure(child)
    assert "ExecutorLostFailure" in words, words
    assert re.search(r"OOMKilled|exit code 137|exitCode.*137", words), words


def test_an_image_that_does_not_exist_is_named(run, spark_cluster):
    child = run("without_image")
    words = failure(child)
    assert "ImagePullBackOff" in words
    assert "registry.example.com/nobody/nothing:1" in words


def test_what_belongs_to_a_pod_is_in_the_pods(run, spark_cluster):
    child = run("linger", "--seconds", "600")
    name = application(child)
    until(lambda: len(pods(spark_cluster, name)) == 3, "all pods are there", PATIENCE)
    found = pods(spark_cluster, name)
    child.interrupt()
    for pod in found:
        [container] = pod["spec"]["containers"]
        env = {variable["name"]: variable.get("value") for variable in container["env"]}
        assert env["FLYTE_INTERNAL_TASK_NAME"] == "cases_spark.linger"
        assert env["LARKSPUR_SPARK"] == pod["metadata"]["labels"]["spark-role"]
        assert container["resources"]["limits"]["memory"]
        assert pod["metadata"]["labels"]["execution-id"]
        assert pod["metadata"]["namespace"] == NAMESPACE
    assert ended(child, PATIENCE) != 0
