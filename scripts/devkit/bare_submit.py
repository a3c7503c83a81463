"""How long does the same driver take when nobody stands between its user and spark-submit?

The command line is made from a SparkApplication, as the operator would make it, without what only an operator needs.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import yaml

from devkit.cluster import NAMESPACE, LocalCluster
from devkit.process import Child, ChildError
from devkit.spark import Spark

NAME = "bare"
PATIENCE = "180s"
DIFFERS = (
    "the pods have no labels and no owner of the Spark operator",
    "spark-submit has the administrator's rights",
    "it runs second, with files in the machine's memory that the first run had to read",
)
SETTINGS = {  # field of a pod -> Spark's name for it, ROLE being driver or executor
    "cores": "spark.ROLE.cores",
    "coreRequest": "spark.kubernetes.ROLE.request.cores",
    "coreLimit": "spark.kubernetes.ROLE.limit.cores",
    "memory": "spark.ROLE.memory",
    "memoryOverhead": "spark.ROLE.memoryOverhead",
    "image": "spark.kubernetes.ROLE.container.image",
    "instances": "spark.ROLE.instances",
}


def conf(spec: dict[str, Any], folder: Path) -> dict[str, str]:
    """Return Spark's configuration of an application's spec; pod templates become files in `folder`."""
    result = {
        "spark.kubernetes.namespace": NAMESPACE,
        "spark.kubernetes.driver.pod.name": f"{NAME}-driver",
        "spark.kubernetes.submission.waitAppCompletion": "false",
    }
    if policy := spec.get("imagePullPolicy"):
        result["spark.kubernetes.container.image.pullPolicy"] = policy
    result |= spec["sparkConf"] | {"spark.kubernetes.executor.podNamePrefix": NAME}
    for role in ("driver", "executor"):
        pod, template = spec[role], folder / f"{NAME}-{role}.json"  # which is YAML too
        template.write_text(json.dumps(pod["template"]))
        result[f"spark.kubernetes.{role}.podTemplateFile"] = str(template)
        result[f"spark.kubernetes.{role}.podTemplateContainerName"] = f"spark-kubernetes-{role}"
        result |= {
            key.replace("ROLE", role): str(pod[field]) for field, key in SETTINGS.items() if field in pod
        }
    return result


def command(ready: Spark, server: str, spec: dict[str, Any], folder: Path) -> list[str]:
    """Return the call of spark-submit for an application's spec."""
    flags = [word for pair in conf(spec, folder).items() for word in ("--conf", "=".join(pair))]
    start = [
        str(ready.home / "bin" / "spark-submit"),
        "--master",
        f"k8s://{server}",
        "--deploy-mode",
        "cluster",
    ]
    return [*start, "--name", NAME, *flags, spec["mainApplicationFile"], *spec["arguments"]]


def measure(cluster: LocalCluster, ready: Spark, spec: dict[str, Any]) -> float:
    """Submit an application's driver by hand; return the seconds from the call until its pod has succeeded."""
    [server] = [c["cluster"]["server"] for c in yaml.safe_load(cluster.kubeconfig.read_text())["clusters"]]
    env = os.environ | ready.settings | {"KUBECONFIG": str(cluster.kubeconfig), "SPARK_LOCAL_IP": "127.0.0.1"}
    env["SPARK_SUBMIT_OPTS"] += f" -Djava.io.tmpdir={env['TMPDIR']}"
    began = time.monotonic()
    child = Child("spark-submit", command(ready, server, spec, cluster.folder), env=env)
    try:
        for condition in ("create", "jsonpath={.status.phase}=Succeeded"):
            pod = ["wait", f"pod/{NAME}-driver", f"--for={condition}", f"--timeout={PATIENCE}"]
            cluster.kubectl("-n", NAMESPACE, *pod)
        return round(time.monotonic() - began, 2)
    except ChildError as error:
        raise ChildError("\n".join([str(error), "spark-submit said:", *child.tail])) from error
    finally:
        child.stop(10)
