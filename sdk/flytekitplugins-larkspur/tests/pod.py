"""What does a pod of a Job run? ``pyflyte-execute``, here without a cluster."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import crowd
from flyteidl.core import errors_pb2, literals_pb2
from paths import python_path

from larkspur_spec.names import COUNT_VARIABLE, INDEX_VARIABLE

EXECUTE = str(Path(sys.executable).parent / "pyflyte-execute")


class Pod:
    """Runs ``pyflyte-execute`` as a worker's pod would, with inputs and outputs in a folder."""

    def __init__(self, folder: Path, n: int) -> None:
        self.folder = folder
        inputs = literals_pb2.LiteralMap()
        inputs.literals["n"].scalar.primitive.integer = n
        (folder / "inputs.pb").write_bytes(inputs.SerializeToString())

    def run(self, task: str, index: int, **env: str) -> subprocess.CompletedProcess[str]:
        env = {
            **os.environ,
            "PYTHONPATH": python_path(Path(crowd.__file__).parent),
            "FLYTE_FAIL_ON_ERROR": "true",
            INDEX_VARIABLE: str(index),
            COUNT_VARIABLE: "4",
            "FLYTECONNECTOR_ENDPOINT": "127.0.0.1:1",  # must not matter inside the container
            **env,
        }
        prefix = str(self.folder)
        resolver = "flytekit.core.python_auto_container.default_task_resolver"
        where = [
            "--inputs",
            f"{prefix}/inputs.pb",
            "--output-prefix",
            prefix,
            "--raw-output-data-prefix",
            f"{prefix}/raw",
        ]
        what = ["--resolver", resolver, "--", "task-module", "crowd", "task-name", task]
        return subprocess.run(
            [EXECUTE, *where, *what], env=env, cwd=prefix, capture_output=True, text=True, timeout=120
        )

    def outputs(self) -> dict[str, str] | None:
        file = self.folder / "outputs.pb"
        if not file.exists():
            return None
        literals = literals_pb2.LiteralMap.FromString(file.read_bytes()).literals
        return {
            name: value.scalar.primitive.string_value or value.scalar.blob.uri
            for name, value in literals.items()
        }

    def error(self) -> str:
        file = self.folder / "error.pb"
        return errors_pb2.ErrorDocument.FromString(file.read_bytes()).error.message if file.exists() else ""
