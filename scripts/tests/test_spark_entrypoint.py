"""Does the entrypoint of Spark's image become the program that Spark wants in a pod? As Spark 4.3 starts its pods."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
import yaml

from devkit import spark

POD = {
    "KUBERNETES_SERVICE_HOST": "127.0.0.1",
    "KUBERNETES_SERVICE_PORT": "6443",
    "LOCALCLUSTER_HOSTS": "/run/hosts",
    "TMPDIR": "/run/tmp",
    "SPARK_HOME": "/spark",
    "JAVA_HOME": "/java",
    "SPARK_SUBMIT_OPTS": "-Xquick",
}
EXECUTOR = {
    "SPARK_DRIVER_URL": "spark://driver",
    "SPARK_EXECUTOR_ID": "1",
    "SPARK_EXECUTOR_CORES": "2",
    "SPARK_EXECUTOR_MEMORY": "512m",
    "SPARK_APPLICATION_ID": "app",
    "SPARK_EXECUTOR_POD_IP": "127.1.1.2",
    "SPARK_RESOURCE_PROFILE_ID": "0",
    "SPARK_EXECUTOR_POD_NAME": "exec-1",
    "SPARK_CONF_DIR": "/conf",
    **{f"SPARK_JAVA_OPT_{number}": f"-Dn={number}" for number in (10, 2, 0)},
}


@pytest.fixture
def become(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function: arguments, more environment -> the command and the environment of what would run."""
    specification = importlib.util.spec_from_file_location("entrypoint", spark.HERE / "entrypoint.py")
    entrypoint = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(entrypoint)
    config = {
        "users": [{"user": {"tokenFile": "/token"}}],
        "clusters": [{"cluster": {"certificate-authority": "/ca"}}],
    }
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(config))

    def become(arguments: list[str], **env: str) -> tuple[list[str], dict[str, str]]:
        became = []
        everything = POD | {"KUBECONFIG": str(tmp_path / "kubeconfig")} | env
        monkeypatch.setattr(entrypoint.os, "environ", everything)
        monkeypatch.setattr(
            entrypoint.os, "execvpe", lambda file, args, env: became.append((file, args, env))
        )
        entrypoint.main(arguments)
        [(file, args, env)] = became
        assert file == args[0]
        return args, env

    return become


def test_a_driver_is_spark_submit_in_client_mode(become) -> None:
    given = ["--properties-file", "/conf/p", "--class", "PythonRunner", "local:///job.py", "driver"]
    command, env = become(["driver", *given], SPARK_DRIVER_BIND_ADDRESS="127.1.1.1")
    assert command[0] == "/spark/bin/spark-submit"
    assert command[-len(given) :] == given
    assert command[command.index("--deploy-mode") + 1] == "client"
    conf = dict(word.split("=", 1) for word in command if "=" in word)
    assert conf == {
        "spark.driver.bindAddress": "127.1.1.1",
        "spark.kubernetes.driver.master": "https://127.0.0.1:6443",
        "spark.kubernetes.authenticate.driver.mounted.oauthTokenFile": "/token",
        "spark.kubernetes.authenticate.driver.mounted.caCertFile": "/ca",
    }
    assert env["SPARK_LOCAL_IP"] == "127.1.1.1", "or the driver listens on the machine's outer address"
    assert env["SPARK_SUBMIT_OPTS"] == "-Djdk.net.hosts.file=/run/hosts -Djava.io.tmpdir=/run/tmp -Xquick"


def test_an_executor_is_a_jvm_that_its_environment_describes(become) -> None:
    command, env = become(["executor"], **EXECUTOR)
    assert command[0] == "/java/bin/java"
    options = command[1 : command.index("-cp")]
    assert [word for word in options if word.startswith("-Dn")] == ["-Dn=0", "-Dn=2", "-Dn=10"], (
        "in their order"
    )
    assert {"-Djdk.net.hosts.file=/run/hosts", "-Xquick", "-Xms512m", "-Xmx512m"} <= set(options)
    after = command[command.index("-cp") + 1 :]
    assert after[0] == "/conf:/spark/jars/*"
    assert after[1].endswith(".KubernetesExecutorBackend")
    flags = dict(zip(after[2::2], after[3::2], strict=True))
    assert flags == {
        "--driver-url": "spark://driver",
        "--executor-id": "1",
        "--cores": "2",
        "--app-id": "app",
        "--hostname": "127.1.1.2",
        "--resourceProfileId": "0",
        "--podName": "exec-1",
    }
    assert env["SPARK_LOCAL_IP"] == "127.1.1.2"


@pytest.mark.parametrize(
    "command", [["pyflyte-execute", "--inputs", "x"], ["sh", "-c", "executor"], ["executor", "x"]]
)
def test_anything_else_is_executed_as_it_stands(become, command: list[str]) -> None:
    became, env = become(command)
    assert became == command
    assert "SPARK_LOCAL_IP" not in env
