"""What is left of a long task after its user pressed Ctrl-C, and after how many seconds?"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field

from devkit import process
from devkit.cluster import LocalCluster
from devkit.connector import Connector
from devkit.process import Child, ChildError, Say
from devkit.toolchain import ROOT

SCRIPT, TASK = ROOT / "examples" / "flights" / "patience.py", "wait"
PATIENCE = 60.0  # seconds


@dataclass
class Aborted:
    """How an abort went."""

    job: str
    seconds: float = 0.0
    """From Ctrl-C until the Job, its pods and their processes were gone."""
    left_over: list[str] = field(default_factory=list)


def demonstrate(cluster: LocalCluster, connector: Connector, say: Say) -> Aborted:
    """Start a long task, wait until both workers run, press Ctrl-C, and measure until nothing is left.

    Raises ChildError when the task does not start, or its user does not end.
    """
    child = connector.pyflyte("run", str(SCRIPT), TASK, "--minutes", "10", say=say)
    try:
        pods = await_running(cluster, child)
        job = re.sub(r"-\d+-\w+$", "", pods[0]["metadata"]["name"])
        uids = [pod["metadata"]["uid"] for pod in pods]
        say(f"Ctrl-C, while {len(pods)} pods run with {len(process.naming(*uids))} processes")
        pressed = time.monotonic()
        child.interrupt()
        left = await_gone(cluster, job, uids)
        seconds = time.monotonic() - pressed
    finally:
        child.stop(20)
    return Aborted(job, round(seconds, 1), left)


def await_running(cluster: LocalCluster, child: Child) -> list[dict]:
    """Return the pods of the task as soon as both run and the user has been told."""
    deadline = time.monotonic() + PATIENCE
    while child.alive() and time.monotonic() < deadline:
        pods = [pod for pod in cluster.get("pods") if pod["metadata"]["name"].startswith(f"{TASK}-")]
        told = any("RUNNING" in line for line in list(child.tail))
        if told and len(pods) == 2 and all(pod["status"]["phase"] == "Running" for pod in pods):
            return pods
        time.sleep(0.2)
    raise ChildError("\n".join(["the long task did not start:", *child.tail]))


def await_gone(cluster: LocalCluster, job: str, uids: list[str]) -> list[str]:
    """Wait until neither the Job nor its pods nor their processes are there; return what still is after PATIENCE."""
    return process.await_none(lambda: leftovers(cluster, job, uids), PATIENCE)


def leftovers(cluster: LocalCluster, job: str, uids: list[str]) -> list[str]:
    objects = [
        f"{item['kind']} {item['metadata']['name']}"
        for item in cluster.get("jobs,pods")
        if item["metadata"]["name"].startswith(job)
    ]
    return objects + [f"process {found.pid}: {found.command}" for found in process.naming(*uids)]
