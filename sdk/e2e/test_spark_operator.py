"""Does the unmodified Spark operator run real PySpark here: to its end, until it is deleted, and after being away?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from waiting import until

from devkit import process, spark
from devkit.cluster import NAMESPACE, LocalCluster
from devkit.process import ChildError

# Estimates pi on two executors at the same time, says so, and ends when the file exists that it is told of.
JOB = """
import os, random, sys, time
from pyspark import BarrierTaskContext
from pyspark.sql import SparkSession

def hits(_):
    BarrierTaskContext.get().barrier()
    inside = sum(random.random() ** 2 + random.random() ** 2 < 1 for _ in range(50_000))
    yield os.getpid(), inside

found = SparkSession.builder.getOrCreate().sparkContext.parallelize(range(2), 2).barrier().mapPartitions(hits).collect()
print("processes:", len({pid for pid, _ in found}), "pi:", 4 * sum(inside for _, inside in found) / 100_000, flush=True)
while not os.path.exists(sys.argv[1]):
    time.sleep(0.1)
"""
COMPUTED = "processes: 2 pi: 3."


class Application:
    """A SparkApplication that runs JOB with two executors."""

    def __init__(self, cluster: LocalCluster, name: str, folder: Path) -> None:
        self.cluster, self.name, self._go_on = cluster, name, folder / "go-on"
        (folder / "job.py").write_text(JOB)
        small = {"memory": "512m", "cores": 1}
        body = {
            "apiVersion": "sparkoperator.k8s.io/v1beta2",
            "kind": "SparkApplication",
            "metadata": {"name": name, "namespace": NAMESPACE},
            "spec": {
                "type": "Python",
                "mode": "cluster",
                "sparkVersion": "4.3.0",
                "image": spark.IMAGE,
                "mainApplicationFile": f"local://{folder / 'job.py'}",
                "arguments": [str(self._go_on)],
                # So that executors look the driver's Service up by its name, as before Spark 4.3.
                "sparkConf": {"spark.kubernetes.executor.useDriverPodIP": "false"},
                "driver": small | {"serviceAccount": "spark"},
                "executor": small | {"instances": 2},
            },
        }
        file = folder / "application.json"
        file.write_text(json.dumps(body))
        cluster.kubectl("create", "-f", str(file))

    def go_on(self) -> None:
        self._go_on.touch()

    def status(self) -> dict[str, Any]:
        [found] = [a for a in self.cluster.get("sparkapplications") if a["metadata"]["name"] == self.name]
        return found.get("status", {})

    def state(self) -> str:
        return self.status().get("applicationState", {}).get("state", "")

    def pods(self, role: str) -> list[dict[str, Any]]:
        label = f"sparkoperator.k8s.io/app-name={self.name},spark-role={role}"
        return self.cluster.get("pods", "-l", label)

    def log(self) -> str:
        """Return what the driver has written; the file is there for as long as the cluster is."""
        pods = self.cluster.pods.glob(f"{NAMESPACE}_{self.name}-driver_*/spark-kubernetes-driver/0.log")
        return "".join(file.read_text() for file in pods)

    def await_state(self, wanted: str) -> None:
        """Wait for a state; kubectl watches, since asking it again and again would cost more than the job."""
        condition = f"--for=jsonpath={{.status.applicationState.state}}={wanted}"
        name = f"sparkapplication/{self.name}"
        try:
            self.cluster.kubectl("-n", NAMESPACE, "wait", condition, name, "--timeout=120s")
        except ChildError as error:
            pytest.fail(f"{error}\n{self.status()}\n{self.log()}")

    def await_result(self) -> None:
        """Return when the executors have computed, and the driver waits for `go_on`."""
        self.await_state("RUNNING")
        until(
            lambda: COMPUTED in self.log(),
            f"{self.name} has computed; its log is in {self.cluster.pods}",
            120,
        )

    def delete(self) -> None:
        self.cluster.kubectl("-n", NAMESPACE, "delete", "sparkapplication", self.name, "--ignore-not-found")


@pytest.fixture
def run(spark_cluster: LocalCluster, tmp_path: Path) -> Iterator[Callable[[str], Application]]:
    """Return a function that creates an application and waits until it has computed."""
    made: list[Application] = []

    def create(name: str) -> Application:
        made.append(Application(spark_cluster, name, tmp_path))
        made[-1].await_result()
        return made[-1]

    yield create
    for application in made:
        application.delete()


def commands(pod: dict[str, Any]) -> str:
    """Return the whole command lines of a pod's processes."""
    return "".join(Path(f"/proc/{found.pid}/cmdline").read_text() for found in processes_of([pod]))


def processes_of(pods: list[dict[str, Any]]) -> list[process.Found]:
    return process.naming(*(pod["metadata"]["uid"] for pod in pods))


def test_an_application_completes_and_its_page_is_served_while_it_runs(run: Callable[[str], Application]):
    pi = run("pi")
    [driver], executors = pi.pods("driver"), pi.pods("executor")
    assert len(executors) == 2
    assert "org.apache.spark.deploy.SparkSubmit" in commands(driver)
    assert all("KubernetesExecutorBackend" in commands(pod) for pod in executors)

    page = f"http://{pi.status()['driverInfo']['webUIAddress']}/api/v1/applications"
    [shown] = httpx.get(page, trust_env=False).json()
    members = httpx.get(f"{page}/{shown['id']}/executors", trust_env=False).json()
    hosts = {member["hostPort"].split(":")[0] for member in members}
    [named] = hosts - {pod["status"]["podIP"] for pod in executors}
    assert len(hosts) == 3, "each pod has its own address"
    assert named.endswith(f"-driver-svc.{NAMESPACE}.svc"), (
        "the executors have found the driver by its Service"
    )

    pi.go_on()
    pi.await_state("COMPLETED")
    # Not how they ended: the operator calls an executor FAILED that was removed before it looked.
    assert set(pi.status()["executorState"]) == {pod["metadata"]["name"] for pod in executors}
    assert processes_of([driver, *executors]) == []


def test_a_deleted_application_leaves_no_process(run: Callable[[str], Application]):
    endless = run("endless")
    pods = endless.pods("driver") + endless.pods("executor")
    assert all(processes_of([pod]) for pod in pods), "the search finds what it should"
    endless.delete()
    assert process.await_none(lambda: processes_of(pods), 60) == []
    until(lambda: not endless.pods("driver") + endless.pods("executor"), "the pods are gone")


def test_an_operator_that_was_away_catches_up(run: Callable[[str], Application], spark_cluster: LocalCluster):
    lonely = run("lonely")
    with spark_cluster.without(spark.NAME):
        lonely.go_on()
        until(lambda: lonely.pods("driver")[0]["status"]["phase"] == "Succeeded", "the driver has ended", 60)
        assert lonely.state() == "RUNNING", "nobody has told"
    lonely.await_state("COMPLETED")
