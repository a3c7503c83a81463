"""Does the demo's second half say what it lacks, look where it should, and submit by hand what the operator would?"""

from __future__ import annotations

import http.client
import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from rich.console import Console

from devkit import bare_submit, delays, spark, spark_half, spark_page
from devkit.cluster import MANIFESTS
from devkit.process import ChildError
from devkit.spark_half import SparkWatch
from devkit.toolchain import ToolchainError


def test_without_java_there_is_one_line_and_nothing_is_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(spark, "prepare", lambda run: pytest.fail("something is made"))
    assert spark_half.ready(Console(width=60)) is None
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(
        "Without the second half, Spark: PySpark needs Java 17 or 21, and JAVA_HOME has none"
    )
    assert spark_half.cluster_settings(None, tmp_path) == {}
    with spark_half.connector_flags(None, cluster=None) as flags:
        assert flags == {}


def test_with_java_what_cannot_be_made_ends_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(run: object) -> None:
        raise ToolchainError("no disk")

    monkeypatch.setattr(spark, "java", lambda: Path("/java"))
    monkeypatch.setattr(spark, "prepare", fail)
    with pytest.raises(ToolchainError, match="no disk"):
        spark_half.ready(Console())


def test_a_cluster_for_spark_has_the_operator_its_image_and_the_rights(tmp_path: Path) -> None:
    found = spark.Spark(Path("/java"), Path("/operator"), tmp_path / "bin" / "python")
    (tmp_path / "lib/python3.11/site-packages/pyspark").mkdir(parents=True)
    settings = spark_half.cluster_settings(found, tmp_path)
    assert settings["images"].keys() == {spark.IMAGE}
    assert json.loads(settings["operators"][0].read_text())["name"] == "spark-operator"
    [rights] = settings["manifests"]
    assert f"../{MANIFESTS.name}" in (rights / "kustomization.yaml").read_text()


def event(name: str, phase: str, **labels: str) -> dict:
    return {"metadata": {"name": name, "labels": labels}, "status": {"phase": phase}}


def test_driver_and_executors_of_an_application_are_watched_and_no_other_pods() -> None:
    watch, app = SparkWatch(cluster=None, began=0.0), {spark_half.APPLICATION: "a"}
    watch.see(
        "ADDED", event("a-exec-2", "Running", **app, **{"spark-role": "executor", "spark-exec-id": "2"}), 3.0
    )
    watch.see("ADDED", event("a-driver", "Succeeded", **app, **{"spark-role": "driver"}), 2.0)
    watch.see("ADDED", event("bare-driver", "Running", **{"spark-role": "driver"}), 2.0)
    watch.see("ADDED", event("job-0", "Running"), 2.0)
    assert [(pod.name, pod.index) for pod in watch.of("a", count=1)] == [("a-driver", 0), ("a-exec-2", 2)]


class Cluster:
    """Knows the page of one application."""

    def kubectl(self, *words: str) -> str:
        if words[:4] != ("-n", "ns", "get", "sparkapplication") or words[4] not in ("app", "starting"):
            raise ChildError("not found")
        return "127.1.2.3:4040" if words[4] == "app" else ""


@pytest.mark.parametrize(
    ("path", "leads"),
    {
        "/ns/app": "http://127.1.2.3:4040/",
        "/ns/app/api/v1/applications": "http://127.1.2.3:4040/api/v1/applications",
        "/ns/starting": None,
        "/ns/other": None,
        "/ns": None,
        "/ns/--help": None,
        "/favicon.ico": None,
    }.items(),
)
def test_a_link_leads_to_the_page_that_the_operator_knows(path: str, leads: str | None) -> None:
    assert spark_page.target(Cluster(), path) == leads


def test_the_redirects_are_served_and_end() -> None:
    def ask(path: str) -> tuple[int, str | None]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location")

    with spark_page.SparkPages(Cluster()) as pages:
        assert pages.template.endswith("/{{.Namespace}}/{{.Application}}")
        port = urllib.parse.urlsplit(pages.template).port
        assert ask("/ns/app") == (302, "http://127.1.2.3:4040/")
        assert ask("/ns/other") == (404, None)
    with pytest.raises(ConnectionRefusedError):
        ask("/ns/app")


def test_a_picture_is_of_the_page_that_was_linked_and_answered() -> None:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'[{"name": "linger"}]')

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    said: list[str] = []
    half = spark_half.SparkHalf(None, None, None, said.append, picture=said.append)
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        link = f"http://127.0.0.1:{server.server_port}/ns/linger"
        assert half.page(SimpleNamespace(tail=[f"[   8.0s] linger link Spark UI: {link}"]))
        server.shutdown()
    assert said == ["Spark's page, where that link leads, shows linger", link]
    assert not half.page(SimpleNamespace(tail=["no link"]))
    assert len(said) == 2


SPEC = {
    "imagePullPolicy": "IfNotPresent",
    "mainApplicationFile": "local:///opt/venv/bin/entrypoint.py",
    "arguments": ["pyflyte-execute", "--inputs", "x.pb"],
    "sparkConf": {"spark.a": "b=c", "spark.kubernetes.executor.podNamePrefix": "theirs"},
    "driver": {
        "cores": 1,
        "coreLimit": "1",
        "memory": "640m",
        "image": "i:1",
        "template": {"spec": {"a": 1}},
    },
    "executor": {"instances": 2, "memoryOverhead": "384m", "image": "i:1", "template": {"spec": {"a": 2}}},
}


def test_what_is_submitted_by_hand_is_what_the_application_says(tmp_path: Path) -> None:
    conf = bare_submit.conf(SPEC, tmp_path)
    templates = {
        role: conf.pop(f"spark.kubernetes.{role}.podTemplateFile") for role in ("driver", "executor")
    }
    assert json.loads(Path(templates["driver"]).read_text()) == {"spec": {"a": 1}}
    assert json.loads(Path(templates["executor"]).read_text()) == {"spec": {"a": 2}}
    assert conf == {
        "spark.a": "b=c",
        "spark.kubernetes.namespace": "flytesnacks-development",
        "spark.kubernetes.submission.waitAppCompletion": "false",
        "spark.kubernetes.container.image.pullPolicy": "IfNotPresent",
        "spark.kubernetes.driver.pod.name": "bare-driver",
        "spark.kubernetes.executor.podNamePrefix": "bare",
        "spark.kubernetes.driver.podTemplateContainerName": "spark-kubernetes-driver",
        "spark.kubernetes.executor.podTemplateContainerName": "spark-kubernetes-executor",
        "spark.driver.cores": "1",
        "spark.kubernetes.driver.limit.cores": "1",
        "spark.driver.memory": "640m",
        "spark.kubernetes.driver.container.image": "i:1",
        "spark.executor.instances": "2",
        "spark.executor.memoryOverhead": "384m",
        "spark.kubernetes.executor.container.image": "i:1",
    }


def test_pandas_has_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    table = pd.DataFrame({"carrier": ["A", "A", "B"], "dep_delay": [1.0, None, 5.0]})
    monkeypatch.setattr(delays, "FLIGHTS", 3)

    def rows(*values: tuple) -> list:
        return list(pd.DataFrame(values, columns=["airline", "departures", "mean_minutes"]).itertuples())

    good = [("B", 1, 5.0), ("A", 1, 1.0 + 1e-12)]
    assert delays.right(rows(*good), table)
    for wrong in (good[:1], good[::-1], [("B", 1, 5.1), good[1]], [("B", 2, 5.0), good[1]]):
        assert not delays.right(rows(*wrong), table)
    monkeypatch.setattr(delays, "FLIGHTS", 4)
    assert not delays.right(rows(*good), table)
