"""What does a TaskTemplate carry already, so that no message has to?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import no_message
import pytest
from flytekit import Cache, PodTemplate, Resources, Secret, task
from flytekit.configuration import Image, ImageConfig, SerializationSettings
from flytekit.extras.accelerators import A100
from flytekit.tools.translator import get_serializable
from google.protobuf import json_format
from kubernetes.client import V1Container, V1PodSpec, V1Toleration

from flytekitplugins.larkspur import Job, JobTask

IMAGE = "registry.example.com/count:1"


def template_of(one: Any) -> dict[str, Any]:
    image = ImageConfig(default_image=Image("default", "registry.example.com/default", "1"))
    settings = SerializationSettings(
        image_config=image, project="flytesnacks", domain="development", version="v1"
    )
    return json_format.MessageToDict(get_serializable({}, settings, one).template.to_flyte_idl())


def template(**said: Any) -> dict[str, Any]:
    """Return the TaskTemplate of a task of which this was said."""

    @task(container_image=IMAGE, **said)
    def count(n: int, name: str = "") -> float:
        return n / 2

    return template_of(count)


def test_template_has_the_image_the_arguments_and_the_variables():
    container = template(environment={"GREETING": "hello"})["container"]
    assert (container["image"], container["args"][0]) == (IMAGE, "pyflyte-execute")
    assert container["env"] == [{"key": "GREETING", "value": "hello"}]


def test_template_has_the_resources():
    said = {"cpu": "1", "mem": "2Gi", "gpu": "2", "ephemeral_storage": "3Gi"}
    resources = template(requests=Resources(**said), limits=Resources(mem="4Gi"))["container"]["resources"]
    assert {each["name"]: each["value"] for each in resources["requests"]} == {
        "CPU": "1", "MEMORY": "2Gi", "GPU": "2", "EPHEMERAL_STORAGE": "3Gi",
    }  # fmt: skip
    assert resources["limits"] == [{"name": "MEMORY", "value": "4Gi"}]


def test_template_has_the_accelerator_and_the_shared_memory():
    extended = template(accelerator=A100, shared_memory="1Gi")["extendedResources"]
    assert extended["gpuAccelerator"]["device"] == "nvidia-tesla-a100"
    assert extended["sharedMemory"]["sizeLimit"] == "1Gi"


def test_template_has_the_whole_pod():
    spec = V1PodSpec(
        containers=[V1Container(name="main"), V1Container(name="sidecar", image="sidecar:1")],
        tolerations=[V1Toleration(key="gpu", operator="Exists")],
        priority_class_name="urgent",
    )
    said = template(pod_template=PodTemplate(primary_container_name="main", pod_spec=spec, labels={"a": "b"}))
    pod = said["k8sPod"]
    assert [each["name"] for each in pod["podSpec"]["containers"]] == ["main", "sidecar"]
    assert pod["podSpec"]["tolerations"] == [{"key": "gpu", "operator": "Exists"}]
    assert (pod["podSpec"]["priorityClassName"], pod["metadata"]["labels"]) == ("urgent", {"a": "b"})
    assert said["config"] == {"primary_container_name": "main"}
    assert "container" not in said


def test_template_names_a_pod_template_of_the_cluster():
    assert template(pod_template_name="large")["metadata"]["podTemplateName"] == "large"


def test_template_has_labels_and_annotations():
    said = template(labels={"team": "rain"}, annotations={"owner": "me"})["metadata"]["metadata"]
    assert said == {"labels": {"team": "rain"}, "annotations": {"owner": "me"}}


def test_template_has_the_secrets_in_its_security_context():
    context = template(secret_requests=[Secret(group="bank", key="pin")])["securityContext"]
    assert context == {"secrets": [{"group": "bank", "key": "pin"}]}


def test_template_has_retries_timeout_and_whether_it_may_be_interrupted():
    metadata = template(retries=2, timeout=timedelta(minutes=5), interruptible=True)["metadata"]
    assert metadata["retries"] == {"retries": 2}
    assert (metadata["timeout"], metadata["interruptible"]) == ("300s", True)


def test_template_has_the_cache():
    metadata = template(cache=Cache(version="7", serialize=True, ignored_inputs="name"))["metadata"]
    assert (metadata["discoverable"], metadata["discoveryVersion"]) == (True, "7")
    assert (metadata["cacheSerializable"], metadata["cacheIgnoreInputVars"]) == (True, ["name"])


def test_template_says_whether_there_is_a_deck():
    assert template(enable_deck=True)["metadata"]["generatesDeck"] is True


def test_template_has_the_types_of_inputs_and_outputs():
    interface = template()["interface"]
    kinds = {
        name: variable["type"]["simple"]
        for side in ("inputs", "outputs")
        for name, variable in interface[side]["variables"].items()
    }
    assert kinds == {"n": "INTEGER", "name": "STRING", "o0": "FLOAT"}


def test_template_has_the_task_type_and_the_name():
    said = template(task_config=Job())
    assert (said["type"], said["id"]["version"]) == ("larkspur_job", "v1")
    assert said["id"]["name"].endswith(".count")
    assert "taskTypeVersion" not in said  # 0, what every task class sends that does not say otherwise


def test_template_has_texts_in_config():
    said = template_of(no_message.count)
    assert (said["type"], said["config"]) == ("queued_job", {"queue": "nightly"})
    assert "custom" not in said


@pytest.mark.parametrize("key", ["container", "metadata", "securityContext", "extendedResources", "config"])
def test_template_has_no_word_for_several_workers(key):
    one, several = template(task_config=Job()), template(task_config=Job(completions=4, parallelism=2))
    assert one.get(key) == several.get(key)
    assert one["custom"] != several["custom"]


def test_a_task_class_writes_its_version_into_the_template():
    class Later(JobTask):
        def __init__(self, **kwargs: object) -> None:
            super().__init__(task_type_version=1, **kwargs)

    def work() -> None: ...

    settings = SerializationSettings(image_config=ImageConfig.auto(img_name=IMAGE))
    for task_class, version in ((JobTask, 0), (Later, 1)):
        task = task_class(task_config=Job(), task_function=work)
        assert get_serializable({}, settings, task).template.task_type_version == version
