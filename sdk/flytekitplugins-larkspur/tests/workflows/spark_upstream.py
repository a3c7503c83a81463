"""What does the same task look like with Flyte's own Spark plugin?

``python spark_upstream.py`` writes proto/fixtures/spark_upstream.json, in an environment with flytekitplugins-spark and
pyspark. Theirs imports pyspark, so it is no part of the work environment, and the tests compare with the file.
"""

from __future__ import annotations

import importlib.metadata
import json
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flytekit import PodTemplate, PythonFunctionTask, Resources, task
from flytekit.configuration import Image, ImageConfig, SerializationSettings
from flytekit.tools.translator import get_serializable
from google.protobuf import json_format

FIXTURE = Path(__file__).parents[4] / "proto" / "fixtures" / "spark_upstream.json"
PACKAGES = ("flytekit", "flytekitplugins-spark")

CONF = {"spark.sql.shuffle.partitions": "64", "spark.executor.cores": "4"}
EXECUTORS = 8
APPLICATION = "local:///usr/local/bin/entrypoint.py"
DRIVER_POD = {"metadata": {"labels": {"role": "boss"}}}
EXECUTOR_POD = {
    "spec": {
        "containers": [{"name": "primary", "env": [{"name": "OMP_NUM_THREADS", "value": "1"}]}],
        "terminationGracePeriodSeconds": 60,
    }
}
TASKS: dict[str, dict[str, Any]] = {  # what a user says besides the configuration
    "minimal": {},
    "maximal": {
        "container_image": "registry.example.com/flights:v1",
        "requests": Resources(cpu="1500m", mem="2Gi"),
        "limits": Resources(cpu="2", mem="3Gi"),
        "environment": {"GREETING": "hello"},
        "retries": 2,
        "timeout": timedelta(minutes=30),
        "interruptible": True,
    },
}


def count(n: int, name: str) -> tuple[int, str]:
    return n, name


def templates(configs: dict[str, Callable[[], Any]]) -> dict[str, Any]:
    """Return the TaskTemplate of each task with its configuration, as registration would send it."""
    return {name: template(task(task_config=configs[name](), **TASKS[name])(count)) for name in TASKS}


def template(made: PythonFunctionTask) -> dict[str, Any]:
    image = ImageConfig(default_image=Image("default", "cr.flyte.org/flyteorg/flytekit", "py3.11-1.16.31"))
    settings = SerializationSettings(
        image_config=image, project="flytesnacks", domain="development", version="v1"
    )
    message = get_serializable(OrderedDict(), settings, made).template.to_flyte_idl()
    message.id.name = count.__name__  # flytekit puts the module before it that has called task()
    message.metadata.runtime.version = "1.16.31"  # flytekit's own version
    return json_format.MessageToDict(message)


def upstream() -> dict[str, Any]:
    """Return the record: the versions, and both tasks."""
    from flytekitplugins.spark import Spark
    from kubernetes.client import V1Container, V1EnvVar, V1PodSpec

    main = V1Container(name="primary", env=[V1EnvVar(name="OMP_NUM_THREADS", value="1")])
    spec = V1PodSpec(containers=[main], termination_grace_period_seconds=60)
    configs = {
        "minimal": Spark,
        "maximal": lambda: Spark(
            spark_conf=CONF | {"spark.executor.instances": str(EXECUTORS)},
            driver_pod=PodTemplate(labels=DRIVER_POD["metadata"]["labels"]),
            executor_pod=PodTemplate(pod_spec=spec),
            applications_path=APPLICATION,
        ),
    }
    made_with = {name: importlib.metadata.version(name) for name in PACKAGES}
    return {"made with": made_with, "templates": templates(configs)}


if __name__ == "__main__":
    FIXTURE.write_text(json.dumps(upstream(), indent=2, sort_keys=True) + "\n")
