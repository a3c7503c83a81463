"""Does `@improved_python_task` add its sidecar, and change nothing else of a task?"""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest
from flytekit import Cache, PodTemplate, Resources, Secret, map_task, task
from flytekit.configuration import Image, ImageConfig, SerializationSettings
from flytekit.core.local_cache import LocalTaskCache
from flytekit.extras.accelerators import T4
from flytekit.tools.translator import get_serializable
from google.protobuf import json_format
from kubernetes.client import V1Container, V1EnvVar, V1PodSpec, V1Toleration, V1Volume
from sidecar import fleet, improved
from sidecar.client import lookup
from sidecar.improved import improved_python_task

SETTINGS = SerializationSettings(
    ImageConfig(Image("default", "example.com/tasks", "1")), project="p", domain="d", version="v1"
)


def template_of(entity: Any) -> dict[str, Any]:
    return json_format.MessageToDict(get_serializable({}, SETTINGS, entity).template.to_flyte_idl())


def double(n: int) -> int:
    return 2 * n


def users_pod() -> PodTemplate:
    """A pod in which a user has said much."""
    main = V1Container(name="main", env=[V1EnvVar(name="A", value="b")], tty=True)
    spec = V1PodSpec(
        containers=[V1Container(name="proxy", image="example.com/proxy:1"), main],
        init_containers=[V1Container(name="fetch", image="example.com/fetch:1")],
        tolerations=[V1Toleration(key="spot", operator="Exists")],
        volumes=[V1Volume(name="scratch", empty_dir={})],
    )
    return PodTemplate(
        spec, primary_container_name="main", labels={"team": "air"}, annotations={"a.b/c": "d"}
    )


OPTIONS = {
    "cache": Cache(version="7", serialize=True, ignored_inputs=("n",)),
    "retries": 3,
    "interruptible": True,
    "deprecated": "use triple",
    "timeout": timedelta(minutes=5),
    "container_image": "example.com/other:2",
    "environment": {"GREETING": "hello"},
    "requests": Resources(cpu="1", mem="1Gi"),
    "limits": Resources(cpu="2", mem="2Gi"),
    "secret_requests": [Secret(group="db", key="password")],
    "enable_deck": True,
    "pod_template_name": "of-the-platform",
    "accelerator": T4,
    "shared_memory": "1Gi",
    "labels": {"cost": "42"},
    "annotations": {"owner": "flights"},
}


def without_sidecar(template: dict[str, Any]) -> dict[str, Any]:
    """Return a template as it would be without the sidecar, which must be where it belongs."""
    template = copy.deepcopy(template)
    spec = template["k8sPod"]["podSpec"]
    assert spec["initContainers"].pop(0)["name"] == "lookup"
    for container in spec["initContainers"] + spec["containers"]:
        added = [container["env"].pop()["name"] for _ in improved.ENV]
        assert added == ["LOOKUP_URL", "LOOKUP_ADDRESS"], f"every container knows where: {container['name']}"
        if not container["env"]:
            del container["env"]
    return template


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_arrives_as_it_does_without_the_decorator(option: str) -> None:
    chosen = {option: OPTIONS[option], "pod_template": users_pod()}
    ours, plain = template_of(improved_python_task(**chosen)(double)), template_of(task(**chosen)(double))
    assert without_sidecar(ours) == plain
    assert plain != template_of(task(pod_template=users_pod())(double)), f"{option} makes no difference"


def test_all_options_together_arrive_and_the_users_pod_is_left_alone() -> None:
    pod = users_pod()
    ours = improved_python_task(pod_template=pod, **OPTIONS)(double)
    assert without_sidecar(template_of(ours)) == template_of(task(pod_template=pod, **OPTIONS)(double))
    assert pod.version_hash() == users_pod().version_hash(), "the decorator works on a copy"


def test_a_bare_task_has_the_image_and_the_resources_in_its_primary_container() -> None:
    template = template_of(fleet.seats)
    [primary] = template["k8sPod"]["podSpec"]["containers"]
    assert template["config"] == {"primary_container_name": "primary"}
    assert (primary["name"], primary["image"]) == ("primary", "example.com/tasks:1")
    assert primary["resources"]["requests"] == {"cpu": "200m", "memory": "256Mi"}
    assert primary["args"][-4:] == ["task-module", "sidecar.fleet", "task-name", "seats"]
    address = {"name": "LOOKUP_ADDRESS", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}
    assert primary["env"] == [address, {"name": "LOOKUP_URL", "value": "http://$(LOOKUP_ADDRESS):8085"}]


def test_the_sidecar_starts_before_the_task_and_ends_after_it() -> None:
    [sidecar] = template_of(fleet.departures)["k8sPod"]["podSpec"]["initContainers"]
    assert sidecar["restartPolicy"] == "Always", "without it the task would wait for its end for ever"
    assert sidecar["startupProbe"]["httpGet"] == {"path": "/health", "port": 8085.0}
    assert sidecar["image"] == improved.IMAGE
    assert sidecar["resources"]["limits"].keys() == {"cpu", "memory"}


def test_with_and_without_parentheses_it_is_a_task_and_a_function() -> None:
    bare, called = improved_python_task(double), improved_python_task(retries=1)(double)
    assert bare(n=2) == called(n=2) == 4
    assert template_of(bare)["id"] == template_of(called)["id"] == template_of(task(double))["id"]


def test_a_map_task_has_the_sidecar_in_the_pod_of_each_element() -> None:
    mapped, plain = template_of(map_task(fleet.seats)), template_of(fleet.seats)
    [primary] = mapped["k8sPod"]["podSpec"]["containers"]
    assert primary["args"][0] == "pyflyte-map-execute"
    assert mapped["k8sPod"]["podSpec"]["initContainers"] == plain["k8sPod"]["podSpec"]["initContainers"]
    assert mapped["config"] == plain["config"]


def test_a_workflow_with_a_map_runs_here() -> None:
    days = fleet.departures(days=2)
    assert [len(day) for day in days] == [842, 943], "the flights of 1 and 2 January"
    whole = fleet.seats_by_day(days=2)
    assert whole == [fleet.seats(tailnums=day) for day in days]
    boeing = lookup("planes", "N14228")
    assert whole[0] >= int(boeing["seats"]) == fleet.seats(tailnums=["N14228", "none of ours"]) == 149


def test_a_cached_task_runs_once_and_has_the_same_key_in_every_process(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLYTE_LOCAL_CACHE_ENABLED", "true")
    monkeypatch.setattr("flytekit.core.local_cache.CACHE_LOCATION", str(tmp_path))
    monkeypatch.setattr(LocalTaskCache, "_initialized", False)
    calls = []

    @improved_python_task(cache=Cache(version="1"))
    def note(n: int) -> int:
        calls.append(n)
        return n

    assert [note(n=1), note(n=1), note(n=2)] == [1, 1, 2]
    assert calls == [1, 2]
    hashes = {improved_python_task(double).pod_template.version_hash() for _ in range(2)}
    assert len(hashes) == 1, "a policy that looks at the pod must not see a new one each time"
