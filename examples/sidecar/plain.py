"""And if the service were an ordinary second container? Two tasks that show it, and that nobody should copy."""

from __future__ import annotations

import copy

from flytekit import PodTemplate, task
from kubernetes.client import V1Container, V1PodSpec

from sidecar.client import lookup
from sidecar.improved import ENV, SIDECAR


def second_container(annotations: dict[str, str] | None = None) -> PodTemplate:
    """Return a pod with the same service, started side by side with the task and ended by nobody."""
    service = copy.deepcopy(SIDECAR)
    service.restart_policy = None
    containers = [V1Container(name="primary", env=ENV), service]
    return PodTemplate(V1PodSpec(containers=containers), annotations=annotations)


@task(pod_template=second_container())
def beside(airline: str) -> str:
    """Flyte waits for every container of such a pod."""
    return lookup("airlines", airline)["name"]


@task(pod_template=second_container({"primary_container_name": "primary"}))
def led(airline: str) -> str:
    """Flyte waits for the container that this annotation names, and nobody ends the other."""
    return lookup("airlines", airline)["name"]
