"""Is the pod that we make of an ordinary task the one that Flyte would make, and is it read as Flyte would?"""

from __future__ import annotations

import re
from typing import Any

import pytest
from flyteidl.admin.agent_pb2 import CreateTaskRequest
from google.protobuf import json_format

from devkit.pod_plugin import PRIMARY, manifest, phase

META = {
    "namespace": "flights",
    "labels": {"execution-id": "f1"},
    "taskExecutionId": {"retryAttempt": 2, "nodeExecutionId": {"executionId": {"name": "f1"}}},
}


def request(**template: Any) -> CreateTaskRequest:
    inputs = {
        "day": {"scalar": {"primitive": {"stringValue": "2013-01-02"}}},
        "table": {"scalar": {"schema": {}}},
    }
    whole = {"id": {"name": "flights.count"}, "type": "python-task"} | template
    text = {"template": whole, "taskExecutionMetadata": META, "inputs": {"literals": inputs}}
    return json_format.ParseDict(text, CreateTaskRequest())


def of_pod(
    kind: str = "python-task", annotations: dict[str, str] | None = None, **spec: Any
) -> dict[str, Any]:
    pod = {"podSpec": spec, "metadata": {"annotations": annotations or {}, "labels": {"team": "air"}}}
    return manifest(request(type=kind, config={PRIMARY: "main"}, k8sPod=pod), "f1-n0-2")


def test_a_container_becomes_a_pod_that_bears_its_name() -> None:
    resources = {"requests": [{"name": "CPU", "value": "1"}], "limits": [{"name": "MEMORY", "value": "1Gi"}]}
    sent = {"image": "a:1", "args": ["run", "{{.inputs.day}}"], "env": [{"key": "A", "value": "b"}]}
    pod = manifest(request(container=sent | {"resources": resources}), "f1-n0-2")
    [container] = pod["spec"]["containers"]
    env = {variable["name"]: variable["value"] for variable in container["env"]}
    assert (pod["metadata"]["name"], pod["metadata"]["namespace"], container["name"]) == (
        "f1-n0-2",
        "flights",
        "f1-n0-2",
    )
    assert pod["metadata"]["annotations"] == {PRIMARY: "f1-n0-2"}
    assert pod["metadata"]["labels"] == {"execution-id": "f1"}
    assert pod["spec"]["restartPolicy"] == "Never"
    assert container["args"] == ["run", "2013-01-02"]
    assert container["resources"] == {"requests": {"cpu": "1"}, "limits": {"cpu": "1", "memory": "1Gi"}}
    assert (env["A"], env["FLYTE_INTERNAL_EXECUTION_ID"], env["FLYTE_ATTEMPT_NUMBER"]) == ("b", "f1", "2")
    assert sum(name.startswith("FLYTE_") for name in env) == 9
    assert "FLYTE_FAIL_ON_ERROR" not in env, "Flyte's own pods have no such variable"


def test_every_container_of_a_pod_template_knows_who_the_task_is() -> None:
    pod = of_pod(initContainers=[{"name": "i"}], containers=[{"name": "main"}, {"name": "beside"}])
    for container in pod["spec"]["initContainers"] + pod["spec"]["containers"]:
        assert "FLYTE_INTERNAL_TASK_NAME" in [variable["name"] for variable in container["env"]], container[
            "name"
        ]
    assert pod["metadata"]["labels"] == {"team": "air", "execution-id": "f1"}


TWO = [{"name": "main"}, {"name": "beside"}]
NATIVE = [{"name": "beside", "restartPolicy": "Always"}]


@pytest.mark.parametrize(
    ("pod", "expected"),
    [
        (of_pod(containers=[{"name": "main"}]), "main"),
        (of_pod(containers=[{"name": "main"}], initContainers=NATIVE), "main"),
        (of_pod(containers=TWO), None),
        (of_pod(containers=TWO, annotations={PRIMARY: "main"}), "main"),
        (of_pod(containers=TWO, kind="sidecar"), "main"),
        (of_pod(containers=[{"name": "main"}], kind="raw-container"), None),
    ],
    ids=[
        "one",
        "one and a native sidecar",
        "two",
        "two, annotated by the user",
        "two of type sidecar",
        "one raw",
    ],
)
def test_which_pods_are_over_with_one_container(pod: dict[str, Any], expected: str | None) -> None:
    assert pod["metadata"]["annotations"].get(PRIMARY) == expected


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ({}, "type 'python-task' has neither a container nor a pod template"),
        ({"config": {PRIMARY: "boss"}, "k8sPod": {"podSpec": {"containers": TWO}}}, "no container 'boss'"),
        ({"container": {"args": ["{{.inputs.table}}"]}}, "such a value is no word"),
        ({"container": {"args": ["{{.inputs.month}}"]}}, "the task has no input 'month'"),
        (
            {
                "container": {"dataConfig": {"enabled": True}},
                "interface": {"outputs": {"variables": {"o0": {}}}},
            },
            "Flyte's co-pilot would carry its outputs",
        ),
    ],
)
def test_what_cannot_be_played_is_refused(template: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        manifest(request(**template), "f1-n0-2")


RUNNING = {"running": {}}


def ended(code: int, message: str = "") -> dict[str, Any]:
    return {"terminated": {"exitCode": code, "reason": "Error" if code else "Completed", "message": message}}


def read(
    word: str, primary: str | None = "main", before: dict | None = None, **containers: dict
) -> tuple[str, str]:
    status = {
        "phase": word,
        "containerStatuses": [{"name": name, "state": state} for name, state in containers.items()],
        "initContainerStatuses": [{"name": "before", "state": before}] if before else [],
    }
    return tuple(
        phase({"metadata": {"annotations": {PRIMARY: primary} if primary else {}}, "status": status})
    )


def waits(reason: str) -> dict[str, Any]:
    return {"waiting": {"reason": reason}}


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (read("Pending"), "QUEUED"),
        (read("Pending", main=waits("PodInitializing")), "INITIALIZING PodInitializing"),
        (read("Pending", main=waits("InvalidImageName")), "FAILED InvalidImageName"),
        (read("Running", main=RUNNING), "RUNNING"),
        (read("Running", main=ended(0), before=RUNNING), "SUCCEEDED"),
        (read("Running", main=ended(0), beside=RUNNING), "SUCCEEDED"),
        (read("Running", main=RUNNING, beside=ended(1)), "RUNNING"),
        (
            read("Running", main=ended(3, "no table\n"), beside=RUNNING),
            r"RETRYABLE_FAILED \[main\] .* code 3, .*Error: no table$",
        ),
        (read("Running", None, main=ended(0), beside=RUNNING), "RUNNING"),
        (read("Running", None, main=ended(0), beside=ended(0)), "SUCCEEDED"),
        (read("Running", None, main=ended(0), before=RUNNING), "RUNNING"),
        (read("Succeeded", main=ended(0)), "SUCCEEDED"),
        (read("Failed", main=ended(1)), r"RETRYABLE_FAILED \[main\] terminated with exit code 1"),
        (tuple(phase(None)), "RETRYABLE_FAILED the pod was deleted"),
    ],
)
def test_how_far_a_pod_is(seen: tuple[str, str], expected: str) -> None:
    assert re.search(f"^{expected}", " ".join(seen)), seen
