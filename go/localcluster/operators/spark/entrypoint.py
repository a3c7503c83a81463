"""What does Spark's image do when its container starts? Here, where the image is a Python environment with PySpark.

    driver ARGUMENTS    the driver, as spark-submit in client mode; the arguments are those that Spark gave the pod
    executor            an executor, as its environment says
    anything else       is executed as it stands

An images file names this program as the entrypoint, and SPARK_HOME and JAVA_HOME in its environment.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import yaml

VENV = "local:///opt/venv/"  # where flytekit takes an image's Python to be; this image's is the one that runs this
BACKEND = "org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend"
EXECUTOR = {  # flag of KubernetesExecutorBackend -> the variable of the pod with its value
    "--driver-url": "SPARK_DRIVER_URL",
    "--executor-id": "SPARK_EXECUTOR_ID",
    "--cores": "SPARK_EXECUTOR_CORES",
    "--app-id": "SPARK_APPLICATION_ID",
    "--hostname": "SPARK_EXECUTOR_POD_IP",
    "--resourceProfileId": "SPARK_RESOURCE_PROFILE_ID",
    "--podName": "SPARK_EXECUTOR_POD_NAME",
}


def java_options(env: Mapping[str, str]) -> list[str]:
    """Return what every JVM of a pod gets: the names of Services, which no DNS has, its own folder for files, and
    what the image says (a JVM that lives for seconds starts faster with fewer compilers)."""
    ours = [f"-Djdk.net.hosts.file={env['LOCALCLUSTER_HOSTS']}", f"-Djava.io.tmpdir={env['TMPDIR']}"]
    return [*ours, *env.get("SPARK_SUBMIT_OPTS", "").split()]


def credentials(env: Mapping[str, str]) -> dict[str, str]:
    """Return where the pod's token is. Spark looks in the folder where it is mounted, and its Kubernetes client does
    not follow a kubeconfig to a file with a token."""
    config = yaml.safe_load(Path(env["KUBECONFIG"]).read_text())
    prefix = "spark.kubernetes.authenticate.driver.mounted"
    return {
        f"{prefix}.oauthTokenFile": config["users"][0]["user"]["tokenFile"],
        f"{prefix}.caCertFile": config["clusters"][0]["cluster"]["certificate-authority"],
    }


def driver(arguments: list[str], env: Mapping[str, str]) -> list[str]:
    """Return the command of a driver."""
    server = f"https://{env['KUBERNETES_SERVICE_HOST']}:{env['KUBERNETES_SERVICE_PORT']}"
    conf = {
        "spark.driver.bindAddress": env["SPARK_DRIVER_BIND_ADDRESS"],
        "spark.kubernetes.driver.master": server,
        **credentials(env),
    }
    flags = [word for name, value in conf.items() for word in ("--conf", f"{name}={value}")]
    here = [word.replace(VENV, f"local://{sys.prefix}/") for word in arguments]
    return [f"{env['SPARK_HOME']}/bin/spark-submit", *flags, "--deploy-mode", "client", *here]


def executor(env: Mapping[str, str]) -> list[str]:
    """Return the command of an executor."""
    asked = {
        int(n[1]): value for name, value in env.items() if (n := re.fullmatch(r"SPARK_JAVA_OPT_(\d+)", name))
    }
    memory = env["SPARK_EXECUTOR_MEMORY"]
    options = [*java_options(env), *(asked[n] for n in sorted(asked)), f"-Xms{memory}", f"-Xmx{memory}"]
    classes = f"{env.get('SPARK_CONF_DIR', '')}:{env['SPARK_HOME']}/jars/*"
    flags = [word for flag, name in EXECUTOR.items() for word in (flag, env[name])]
    return [f"{env['JAVA_HOME']}/bin/java", *options, "-cp", classes, BACKEND, *flags]


def main(arguments: list[str]) -> None:
    """Become the program that the arguments ask for. Spark listens on the address of its pod, and nowhere else."""
    env = dict(os.environ)
    if arguments[:1] == ["driver"]:
        arguments = driver(arguments[1:], env)
        env["SPARK_LOCAL_IP"] = env["SPARK_DRIVER_BIND_ADDRESS"]
    elif arguments == ["executor"]:
        arguments = executor(env)
        env["SPARK_LOCAL_IP"] = env["SPARK_EXECUTOR_POD_IP"]
    env["SPARK_SUBMIT_OPTS"] = " ".join(java_options(env))
    os.execvpe(arguments[0], arguments, env)


if __name__ == "__main__":
    main(sys.argv[1:])
