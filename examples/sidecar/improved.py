"""Which pod does a task get that is decorated with `@improved_python_task`?

Its own, as the user has described it, and the lookup service beside it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from flytekit import PodTemplate, task
from flytekit.core.python_function_task import PythonFunctionTask
from kubernetes.client import (
    V1Capabilities,
    V1Container,
    V1ContainerPort,
    V1EnvVar,
    V1EnvVarSource,
    V1HTTPGetAction,
    V1ObjectFieldSelector,
    V1Probe,
    V1ResourceRequirements,
    V1SeccompProfile,
    V1SecurityContext,
)

from sidecar.client import URL

ME = "improved_python_task"  # in messages
NAME, PORT = "lookup", 8085
# That of your own sidecar goes here.
IMAGE = "registry.example.com/platform/lookup:1"

ADDRESS = "LOOKUP_ADDRESS"
ENV = [
    # The pod's own address, because the kubelet's probe comes from outside of the pod.
    V1EnvVar(
        name=ADDRESS, value_from=V1EnvVarSource(field_ref=V1ObjectFieldSelector(field_path="status.podIP"))
    ),
    V1EnvVar(name=URL, value=f"http://$({ADDRESS}):{PORT}"),
]

SIDECAR = V1Container(
    name=NAME,
    image=IMAGE,
    args=[f"--host=$({ADDRESS})", f"--port={PORT}"],
    env=ENV[:1],
    ports=[V1ContainerPort(name=NAME, container_port=PORT)],
    # An init container that is always restarted is a sidecar: it starts before the task, and Kubernetes ends it after.
    restart_policy="Always",
    # The task starts when this has succeeded, so its first question is answered.
    startup_probe=V1Probe(
        http_get=V1HTTPGetAction(path="/health", port=PORT), period_seconds=1, failure_threshold=60
    ),
    resources=V1ResourceRequirements(
        requests={"cpu": "50m", "memory": "128Mi"}, limits={"cpu": "500m", "memory": "128Mi"}
    ),
    security_context=V1SecurityContext(
        allow_privilege_escalation=False,
        capabilities=V1Capabilities(drop=["ALL"]),
        run_as_non_root=True,
        seccomp_profile=V1SeccompProfile(type="RuntimeDefault"),
    ),
)


def improved_python_task(
    function: Callable[..., Any] | None = None,
    /,
    *,
    pod_template: PodTemplate | None = None,
    environment: Mapping[str, str] | None = None,
    **options: Any,
) -> PythonFunctionTask | Callable[[Callable[..., Any]], PythonFunctionTask]:
    """Make a function a Flyte task with the lookup service beside it: `@task`, and one container more.

    Args:
        function: The task's code, when the decorator stands without parentheses.
        pod_template: The user's own pod. It is copied, and what it says stays.
        environment: Variables of the task's container.
        options: All that `flytekit.task` takes.

    Raises:
        ValueError: The user's pod or environment has a name that the sidecar needs.
    """
    taken = sorted({variable.name for variable in ENV} & set(environment or {}))
    if taken:
        raise ValueError(f"{ME}: environment: {taken[0]} is set by the decorator; leave it out")
    pod = with_sidecar(pod_template or PodTemplate())
    decorate = task(pod_template=pod, environment=dict(environment or {}), **options)
    return decorate(function) if function else decorate


def with_sidecar(template: PodTemplate) -> PodTemplate:
    """Return a copy of a pod template with the sidecar in it; raises ValueError when a name of the sidecar is taken."""
    template = copy.deepcopy(template)
    spec, primary = template.pod_spec, template.primary_container_name
    if primary not in [container.name for container in spec.containers]:
        spec.containers = [*spec.containers, V1Container(name=primary)]  # flytekit fills in what it runs
    for container in [*(spec.init_containers or []), *spec.containers]:
        _refuse_clashes(container)
        container.env = [*(container.env or []), *ENV]
    # Before the user's own init containers, so that they can ask it, too.
    spec.init_containers = [copy.deepcopy(SIDECAR), *(spec.init_containers or [])]
    return template


def _refuse_clashes(container: V1Container) -> None:
    if container.name == NAME:
        raise ValueError(f"{ME}: pod_template: the container name {NAME!r} is the sidecar's; rename yours")
    where = f"{ME}: pod_template: container {container.name!r}"
    for port in container.ports or []:
        if port.container_port == PORT:
            raise ValueError(
                f"{where}: ports: {PORT} is the sidecar's, and a pod has one set of ports; take another"
            )
    for variable in container.env or []:
        if variable.name in (ADDRESS, URL):
            raise ValueError(f"{where}: env: {variable.name} is set by the decorator; leave it out")
