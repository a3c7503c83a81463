"""How does the same task differ from the one that Flyte's own Spark plugin sends, and why?

Theirs is the record proto/fixtures/spark_upstream.json, which workflows/spark_upstream.py wrote; ours is made here. A
difference that is not in the table fails, and so does a line of the table that is no difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import spark_upstream

from flytekitplugins.larkspur import Spark

CONFIGS = {
    "minimal": Spark,
    "maximal": lambda: Spark(
        spark_conf=spark_upstream.CONF,
        executors=spark_upstream.EXECUTORS,
        driver_pod=spark_upstream.DRIVER_POD,
        executor_pod=spark_upstream.EXECUTOR_POD,
        main_application_file=spark_upstream.APPLICATION,
    ),
}

# Where in the TaskTemplate -> who has it, and why.
DIFFERENCES = {
    "type": ("both", "Flyte looks for the plugin by it, so a cluster can have both"),
    "custom.databricksConf": ("theirs", "their configuration is for Databricks, too"),
    "custom.executorPath": ("theirs", "here spark.pyspark.python says it, or the image"),
    "custom.executors": ("ours", "a field: the plugin makes links from it"),
    "custom.sparkConf.spark.executor.instances": ("theirs", "the number that is executors here"),
    "custom.ttlSecondsAfterFinished": ("ours", "Flyte must see the end before it is deleted"),
    "custom.driverPod.podSpec": ("theirs", "Flyte's K8sPod; here Kubernetes' PodTemplateSpec"),
    "custom.driverPod.primaryContainerName": ("theirs", "here it is that of the task"),
    "custom.executorPod.metadata": ("theirs", "empty: a field of K8sPod"),
    "custom.executorPod.podSpec": ("theirs", "the same as spec here"),
    "custom.executorPod.spec": ("ours", "the same as podSpec there"),
    "custom.executorPod.primaryContainerName": ("theirs", "as for the driver"),
}


def record() -> dict[str, Any]:
    return json.loads(spark_upstream.FIXTURE.read_text())


def differences(theirs: Mapping, ours: Mapping, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (path, who has it) for what is not the same in both."""
    for key in sorted(theirs.keys() | ours.keys()):
        if key not in ours or key not in theirs:
            yield path + key, "theirs" if key in theirs else "ours"
        elif isinstance(theirs[key], Mapping) and isinstance(ours[key], Mapping):
            yield from differences(theirs[key], ours[key], f"{path}{key}.")
        elif theirs[key] != ours[key]:
            yield path + key, "both"


def found() -> dict[str, dict[str, str]]:
    """Return what differs in each of the two tasks."""
    ours, theirs = spark_upstream.templates(CONFIGS), record()["templates"]
    assert ours.keys() == theirs.keys()
    return {name: dict(differences(theirs[name], ours[name])) for name in ours}


@pytest.mark.parametrize("name", CONFIGS)
def test_what_differs_from_upstreams_task_is_in_the_table(name):
    for path, who in found()[name].items():
        assert DIFFERENCES.get(path, ("nobody",))[0] == who, f"{path}: {who}; the table has to say why"


def test_the_table_has_nothing_that_is_the_same():
    assert {path for differing in found().values() for path in differing} == set(DIFFERENCES)


def test_the_pods_say_the_same_in_other_words():
    pod = record()["templates"]["maximal"]["custom"]["executorPod"]["podSpec"]
    assert pod == spark_upstream.EXECUTOR_POD["spec"]


def test_a_new_difference_is_found():
    theirs = {"same": 1, "a": {"b": [1], "gone": None}}
    ours = {"same": 1, "a": {"b": [2]}, "new": 0}
    assert dict(differences(theirs, ours)) == {"a.b": "both", "a.gone": "theirs", "new": "ours"}
