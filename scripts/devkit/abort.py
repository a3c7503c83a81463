"""What is left of a long task after its user pressed Ctrl-C, and after how many seconds?"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from devkit import process
from devkit.cluster import LocalCluster
from devkit.process import Child, ChildError, Say
from devkit.toolchain import ROOT

FLIGHTS = ROOT / "examples" / "flights"
PATIENCE = 120.0  # seconds


@dataclass(frozen=True)
class Long:
    """A long task: its script and name, how many pods it has, and the kinds of what it becomes."""

    script: Path
    task: str
    pods: int
    kinds: str

    @property
    def words(self) -> list[str]:
        """What pyflyte is told."""
        return ["run", str(self.script), self.task, "--minutes", "10"]


# part:job begin
# What tasks of the first plugin become, as kubectl is told it: the connector's rights name it, too.
RIGHTS = yaml.safe_load((ROOT / "kustomize" / "rights" / "clusterrole.yaml").read_text())["rules"][0]
KIND = f"{RIGHTS['resources'][0]}.{RIGHTS['apiGroups'][0]}"
MADE = ("jobs.batch", "services", "pods")  # what an operator may have made of it
JOB = Long(FLIGHTS / "patience.py", "wait", 2, ",".join(dict.fromkeys((KIND, *MADE))))
# part:job end
# part:spark begin
SPARK = Long(FLIGHTS / "patience_on_spark.py", "linger", 3, "sparkapplications,pods,services,configmaps")
# part:spark end


@dataclass
class Aborted:
    """How an abort went."""

    resource: str
    seconds: float = 0.0
    """From Ctrl-C until the resource, its pods and their processes were gone."""
    left_over: list[str] = field(default_factory=list)


def demonstrate(
    cluster: LocalCluster, child: Child, long: Long, say: Say, look: Callable[[], None] = lambda: None
) -> Aborted:
    """Wait until all pods of a long task run, call `look`, press Ctrl-C, and measure until nothing is left.

    `child` is its `pyflyte run`, which ends here. Raises ChildError when the task does not start.
    """
    try:
        pods = await_running(cluster, child, long)
        resource = re.sub(r"(-[a-z2-7]{12})-.*", r"\1", pods[0]["metadata"]["name"])
        uids = [pod["metadata"]["uid"] for pod in pods]
        look()
        found = sum(bool(process.naming(uid)) for uid in uids)
        say(f"Ctrl-C, while {len(pods)} pods run; processes of {found} are found")
        pressed = time.monotonic()
        child.interrupt()
        left = await_gone(cluster, resource, uids, long.kinds)
        seconds = time.monotonic() - pressed
    finally:
        child.stop(20)
    return Aborted(resource, round(seconds, 1), left)


def await_running(cluster: LocalCluster, child: Child, long: Long) -> list[dict]:
    """Return the pods of the task as soon as all run and the user has been told, with a link to each."""
    deadline = time.monotonic() + PATIENCE
    while child.alive() and time.monotonic() < deadline:
        pods = [pod for pod in cluster.get("pods") if pod["metadata"]["name"].startswith(f"{long.task}-")]
        told = "\n".join(list(child.tail))
        known = "RUNNING" in told and all(pod["metadata"]["name"] in told for pod in pods)
        if known and len(pods) == long.pods and all(pod["status"]["phase"] == "Running" for pod in pods):
            return pods
        time.sleep(0.2)
    raise ChildError("\n".join(["the long task did not start:", *child.tail]))


def await_gone(cluster: LocalCluster, resource: str, uids: list[str], kinds: str = JOB.kinds) -> list[str]:
    """Wait until neither the resource nor its pods nor their processes are there; return what is after PATIENCE."""
    return process.await_none(lambda: leftovers(cluster, resource, uids, kinds), PATIENCE)


def leftovers(cluster: LocalCluster, resource: str, uids: list[str], kinds: str) -> list[str]:
    objects = [
        f"{item['kind']} {item['metadata']['name']}"
        for item in cluster.get(kinds)
        if item["metadata"]["name"].startswith(resource)
    ]
    return objects + [f"process {found.pid}: {found.command}" for found in process.naming(*uids)]
