"""Does `@improved_python_task` refuse what it cannot merge, by its name, before anything runs?"""

from __future__ import annotations

from typing import Any

import pytest
from flytekit import PodTemplate
from kubernetes.client import V1Container, V1ContainerPort, V1EnvVar, V1PodSpec
from sidecar.improved import improved_python_task


def double(n: int) -> int:
    return 2 * n


def of_one(**fields: Any) -> PodTemplate:
    return PodTemplate(V1PodSpec(containers=[V1Container(name="primary", **fields)]))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"environment": {"LOOKUP_URL": "x"}},
            "environment: LOOKUP_URL is set by the decorator; leave it out",
        ),
        (
            {"pod_template": PodTemplate(V1PodSpec(containers=[V1Container(name="lookup")]))},
            "pod_template: the container name 'lookup' is the sidecar's; rename yours",
        ),
        (
            {
                "pod_template": PodTemplate(
                    V1PodSpec(containers=[], init_containers=[V1Container(name="lookup")])
                )
            },
            "pod_template: the container name 'lookup' is the sidecar's; rename yours",
        ),
        ({"pod_template": PodTemplate(primary_container_name="lookup")}, "the container name 'lookup' is"),
        (
            {"pod_template": of_one(env=[V1EnvVar(name="LOOKUP_URL", value="x")])},
            "pod_template: container 'primary': env: LOOKUP_URL is set by the decorator; leave it out",
        ),
        (
            {"pod_template": of_one(ports=[V1ContainerPort(container_port=8085)])},
            "pod_template: container 'primary': ports: 8085 is the sidecar's",
        ),
        ({"retry": 3}, "retry"),  # flytekit's own words
    ],
    ids=[
        "variable",
        "container",
        "init container",
        "primary",
        "variable of the pod",
        "port",
        "an option of nobody",
    ],
)
def test_what_clashes_is_refused_when_the_module_is_imported(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        improved_python_task(**options)(double)


def test_decorating_twice_is_refused() -> None:
    once = improved_python_task(double)
    with pytest.raises(ValueError, match="the container name 'lookup' is the sidecar's"):
        improved_python_task(pod_template=once.pod_template)(double)
