"""Is all that Flyte 2's SDK does not call public in one file, and still where it was?"""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import flyte
import pytest

import flyteconnector
import flyteconnector_a0
from flyteconnector.flyte2 import private

SOURCES = [Path(module.__file__).parent for module in (flyteconnector, flyteconnector_a0)]
PRIVATE = Path(private.__file__)
KNOWN = "2.12.1"
MOVED = (
    f"flyte {flyte.__version__} has it no more, or otherwise; flyte {KNOWN} had. Compare that file of both releases, "
    f"and correct {PRIVATE.name}: it is the only one that has to change"
)
CONSTANTS = {  # ours -> where the SDK has it
    "RUN_NAME": "flyte._bin.runtime.RUN_NAME",
    "ACTION_NAME": "flyte._bin.runtime.ACTION_NAME",
    "ORG_NAME": "flyte._bin.runtime.ORG_NAME",
    "RUN_OUTPUT_BASE_DIR": "flyte._bin.runtime.RUN_OUTPUT_BASE_DIR",
    "INPUTS_FILE": "flyte._internal.runtime.io._INPUTS_FILE_NAME",
    "OUTPUTS_FILE": "flyte._internal.runtime.io._OUTPUTS_FILE_NAME",
}


def imports(file: Path) -> list[str]:
    """Return the full names of what a file imports."""
    found = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def is_private(name: str) -> bool:
    first, *rest = name.split(".")
    return first == "flyte" and any(part.startswith("_") for part in rest)


def test_no_other_file_imports_what_is_private():
    files = {file for folder in SOURCES for file in folder.rglob("*.py")}
    assert {file for file in files if any(map(is_private, imports(file)))} == {PRIVATE}


@pytest.mark.parametrize("name", [name for name in imports(PRIVATE) if is_private(name)])
def test_what_is_imported_is_there(name):
    module, _, attribute = name.rpartition(".")
    assert hasattr(importlib.import_module(module), attribute), f"{name}: {MOVED}"


@pytest.mark.parametrize("ours", CONSTANTS)
def test_what_is_repeated_is_the_same(ours):
    module, _, attribute = CONSTANTS[ours].rpartition(".")
    assert getattr(importlib.import_module(module), attribute, None) == getattr(private, ours), (
        f"{ours}: {MOVED}"
    )


def test_every_private_name_is_looked_after():
    assert set(private.__all__) == {*CONSTANTS, "task_template"}


def test_neither_the_other_sdk_nor_its_messages_are_imported():
    script = "import sys, flyteconnector.flyte2; print(*{m.partition('.')[0] for m in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert not {"flytekit", "flyteidl"} & set(loaded.split())
