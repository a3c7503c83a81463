"""Which tasks with the lookup service beside them do the end-to-end tests run?"""

from __future__ import annotations

import os
import time

from flytekit import PodTemplate
from kubernetes.client import V1Container, V1PodSpec
from sidecar import improved
from sidecar.client import lookup
from sidecar.improved import improved_python_task


@improved_python_task
def name_of(airline: str) -> str:
    """Raises when there is no such airline."""
    found = lookup("airlines", airline)
    if found is None:
        raise LookupError(f"no airline {airline}")
    return found["name"]


@improved_python_task
def die(code: int) -> str:
    """Ask, and end without Python's end and without an output."""
    lookup("airlines", "UA")
    os._exit(code)
    return "never"


@improved_python_task
def linger(seconds: int) -> int:
    """Ask, and take some time."""
    print(lookup("airports", "JFK"), flush=True)
    time.sleep(seconds)
    return seconds


ASK = "import os, urllib.request as r; print(r.urlopen(os.environ['LOOKUP_URL'] + '/airports/JFK').read())"
FETCH = V1Container(name="fetch", image="larkspur/task:local", command=["python", "-c", ASK])


@improved_python_task(pod_template=PodTemplate(V1PodSpec(containers=[], init_containers=[FETCH])))
def prepared(n: int) -> int:
    """Has an init container of its own, which asks before the task does."""
    return n + 1


# What Pod Security's level "restricted" wants of a container; the sidecar has it already.
HARD = V1Container(name="primary", security_context=improved.SIDECAR.security_context)


@improved_python_task(pod_template=PodTemplate(V1PodSpec(containers=[HARD])))
def hardened(airline: str) -> str:
    """Runs where pods must be hardened."""
    return lookup("airlines", airline)["name"]
