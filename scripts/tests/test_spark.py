"""Is what Spark needs found or made, once, and is a cluster told the right things about it?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from devkit import build, cached, spark
from devkit.toolchain import ROOT, ToolchainError

JAVA = """#!/bin/sh
printf 'Property settings:\\n    java.home = {home}\\n    java.specification.version = {version}\\n' >&2
"""
# Answers `go env`, `go list` and `go build -o FILE`, and notes each build.
GO = """#!/bin/sh
case "$1 $2" in
  "env "*) echo go1.99.0 ;;
  "list -m") echo "$MODULE" ;;
  "list "*) echo a ;;
  "build "*) echo "$*" >> "$NOTES"; while test "$1" != -o; do shift; done; echo "a program" > "$2" ;;
esac
"""


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def javas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Return a function that sets JAVA_HOME and PATH to a java of some version each, or to none."""

    def choose(named: str | None, on_path: str | None) -> None:
        monkeypatch.delenv("JAVA_HOME", raising=False)
        monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:/usr/local/nothing")
        if named:
            script(tmp_path / "named/bin/java", JAVA.format(home="/java/named", version=named))
            monkeypatch.setenv("JAVA_HOME", str(tmp_path / "named"))
        if on_path:
            script(tmp_path / "path/java", JAVA.format(home="/java/on-path", version=on_path))

    return choose


@pytest.mark.parametrize(
    ("named", "on_path", "want"),
    [("17", None, "named"), (None, "21", "on-path"), ("21", "17", "named"), ("11", "17", "on-path")],
)
def test_a_java_that_spark_runs_on_is_found(javas, named, on_path, want) -> None:
    javas(named, on_path)
    assert spark.java() == Path("/java") / want


@pytest.mark.parametrize(
    ("named", "on_path", "said"),
    [
        (None, None, "JAVA_HOME has none, PATH has none"),
        ("25", None, "JAVA_HOME has Java 25, PATH has none"),
        (None, "1.8", "JAVA_HOME has none, PATH has Java 1.8"),
        ("11", "25", "JAVA_HOME has Java 11, PATH has Java 25"),
    ],
)
def test_without_one_the_message_says_what_there_is_before_anything_long(
    javas, monkeypatch, named, on_path, said
) -> None:
    javas(named, on_path)
    monkeypatch.setattr(spark, "operator", lambda: pytest.fail("the operator is built"))
    with pytest.raises(ToolchainError, match=rf"^PySpark needs Java 17 or 21, and {said}: install one"):
        spark.prepare(lambda words: pytest.fail(f"run: {words}"))


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A go that is a script, an empty cache, a module with the operator's manifests; return the file of its builds."""
    for name in ("crd/bases/a.yaml", "crd/bases/b.yaml", "rbac/role.yaml"):
        script(tmp_path / "module/config" / name, name).chmod(0o444)  # as the module cache keeps them
    script(tmp_path / "bin/go", GO)
    for name, value in {
        "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
        "FLYTE_PLUGIN_BOOK_CACHE": str(tmp_path / "cache"),
        "MODULE": str(tmp_path / "module"),
        "NOTES": str(tmp_path / "notes"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(spark, "DISK", 1)
    return tmp_path / "notes"


def test_the_operator_comes_once_and_with_its_own_manifests(notes: Path) -> None:
    folder = spark.operator()
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files == {"spark-operator", "crds/a.yaml", "crds/b.yaml", "role.yaml"}
    assert (folder / "role.yaml").read_text() == "rbac/role.yaml"
    assert spark.operator() == folder
    assert notes.read_text().count("build -v") == 1
    assert "github.com/kubeflow/spark-operator/v2/cmd/operator" in notes.read_text()


def test_two_kinds_of_builds_remember_their_own_times(notes: Path, monkeypatch) -> None:
    monkeypatch.setattr(build, "DISK", 1)
    spark.operator()
    build.control_plane()
    assert cached.notes().keys() == {"spark-operator", "controlplane"}


def test_no_manifest_of_the_operator_is_in_the_repository() -> None:
    copies = [
        path for path in (ROOT / "go").rglob("*.yaml") if "CustomResourceDefinition" in path.read_text()
    ]
    assert copies == []


@pytest.fixture
def ready(tmp_path: Path) -> spark.Spark:
    (tmp_path / "env/lib/python3.11/site-packages/pyspark").mkdir(parents=True)
    return spark.Spark(tmp_path / "java", tmp_path / "operator", tmp_path / "env/bin/python")


def test_the_operator_listens_on_loopback_or_not_at_all(ready, tmp_path: Path) -> None:
    said = yaml.safe_load(ready.operator_file(tmp_path, "jobs").read_text())
    addresses = [word.partition("=")[2] for word in said["command"] if "-bind-address=" in word]
    assert sorted(addresses) == ["0", "127.0.0.1:$(HEALTH)"]
    assert said["ready"] == "http://127.0.0.1:$(HEALTH)/readyz"
    assert said["ports"] == ["HEALTH"]


def test_the_operator_works_in_the_namespace_of_the_jobs_only(ready, tmp_path: Path) -> None:
    said = yaml.safe_load(ready.operator_file(tmp_path, "jobs").read_text())
    assert "--namespaces=jobs" in said["command"]
    rights = [item for item in said["apply"] if item["path"].endswith("rights.yaml")]
    assert [item["namespace"] for item in rights] == ["jobs"]
    kinds = [part["kind"] for item in rights for part in yaml.safe_load_all(Path(item["path"]).read_text())]
    assert not [kind for kind in kinds if kind.startswith("Cluster")]


def test_nox_can_import_it_without_any_package() -> None:
    script = f"import sys; sys.path.insert(0, {str(ROOT / 'scripts')!r}); import devkit.spark"
    subprocess.run([sys.executable, "-I", "-S", "-c", script], check=True)


def test_operator_and_image_use_the_same_spark(ready, tmp_path: Path) -> None:
    operator, [image] = (
        yaml.safe_load(ready.operator_file(tmp_path, "jobs").read_text()),
        ready.images().values(),
    )
    for name in ("SPARK_HOME", "JAVA_HOME"):
        assert operator["env"][name] == image["env"][name]
    assert image["entrypoint"] == [str(ready.python), str(spark.HERE / "entrypoint.py")]
    assert Path(image["entrypoint"][1]).exists()
