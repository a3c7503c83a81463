"""Does a Spark task run without a cluster, and do executors have the user's code where only the driver fetches it?"""

from __future__ import annotations

import ast
import os
import subprocess
import tarfile
from pathlib import Path

import pytest
from flyteidl.core import literals_pb2

from devkit import environment, spark

TASKS = Path(__file__).parent / "tasks"


@pytest.fixture(scope="module")
def ready() -> spark.Spark:
    return spark.prepare(lambda words: subprocess.run(words, check=True, env=environment.uv_env()))


def run(ready: spark.Spark, folder: Path, program: str, *words: str | Path, **env: str) -> str:
    """Run a program of the environment with PySpark, and return its stdout; fails when it does."""
    home = environment.HOMES / "spark"
    everything = environment.settings(
        os.environ | ready.settings | {"SPARK_LOCAL_IP": "127.0.0.1"} | env, home
    )
    everything.pop("FLYTECONNECTOR_ENDPOINT", None)
    done = subprocess.run(
        [home / "bin" / program, *words],
        cwd=folder,
        env=everything,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_in_process_spark_runs_beside_the_caller_and_tables_pass_on(ready, tmp_path):
    out = run(ready, tmp_path, "pyflyte", "run", TASKS / "cases_spark.py", "odd_squares", "--n", "6")
    assert ast.literal_eval(out.splitlines()[-1]) == [1, 9, 25]


def test_code_of_fast_registration_reaches_the_executors(ready, tmp_path):
    """Executors in processes of their own, which do not look where the driver does."""
    with tarfile.open(tmp_path / "code.tar.gz", "w:gz") as tar:
        tar.add(TASKS / "shipped.py", "shipped.py")
    (tmp_path / "pod").mkdir()
    inputs = literals_pb2.LiteralMap()
    inputs.literals["n"].scalar.primitive.integer = 4
    (tmp_path / "inputs.pb").write_bytes(inputs.SerializeToString())
    words = [
        "--additional-distribution",
        tmp_path / "code.tar.gz",
        "--dest-dir",
        tmp_path / "pod",
        "--",
    ]
    words += ["pyflyte-execute", "--inputs", tmp_path / "inputs.pb", "--output-prefix", tmp_path]
    words += ["--raw-output-data-prefix", tmp_path / "raw"]
    words += ["--resolver", "flytekit.core.python_auto_container.default_task_resolver"]
    words += ["--", "task-module", "shipped", "task-name", "doubled_in_executors"]
    driver = {"LARKSPUR_SPARK": "driver", "FLYTE_FAIL_ON_ERROR": "true"}
    driver["PYSPARK_SUBMIT_ARGS"] = (
        "--master local-cluster[2,1,512] --conf spark.executor.memory=512m pyspark-shell"
    )
    run(ready, tmp_path / "pod", "pyflyte-fast-execute", *words, **driver)
    outputs = literals_pb2.LiteralMap.FromString((tmp_path / "outputs.pb").read_bytes())
    assert outputs.literals["o0"].scalar.primitive.integer == 2 * (0 + 1 + 2 + 3)
