"""Is the plugin found by flytekit, and cheap to import? Every container of every task pays for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from paths import python_path

ORDERS = {
    "plugin first": "import flytekitplugins.larkspur",
    "flytekit first": "import flytekit, flytekitplugins.larkspur",
    "mixin first": "import flyteconnector.flyte1, flytekitplugins.larkspur",
    "not imported by the user at all": "import flytekit",
}
OURS = {"flyteconnector", "flyteconnector_a0", "flytekitplugins", "larkspur_spec"}
# What the plugin may import beyond itself that flytekit does not import anyway. Each is a small file.
ALLOWED = {"argparse", "secrets", "flyteidl.core.errors_pb2", "flyteidl.service.agent_pb2_grpc"}
IN_TWO_STEPS = """
import sys, flytekit
before = set(sys.modules)
import flytekitplugins.larkspur
print(*before, "", *set(sys.modules) - before, sep="\\n")
"""


@pytest.mark.parametrize("name", ORDERS)
def test_imported(name):
    code = f"{ORDERS[name]}; import sys; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert "flytekitplugins.larkspur.task" in modules
    # Their submodules: flytekit puts empty placeholders for some packages themselves into sys.modules.
    heavy = [name for name in modules if name.startswith(("pandas.", "pyarrow.", "pyspark.", "kubernetes."))]
    assert heavy == []


@pytest.fixture
def unseen(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which flytekit does not find the plugin: of two distributions of one name, Python
    takes the first on its path, and this one has no entry points."""
    info = tmp_path / "flytekitplugins_larkspur-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: flytekitplugins-larkspur\nVersion: 0\n")
    return os.environ | {"PYTHONPATH": python_path(tmp_path)}


def test_an_import_brings_in_little_that_flytekit_has_not_imported_anyway(unseen):
    command = [sys.executable, "-c", IN_TWO_STEPS]
    printed = subprocess.run(command, check=True, env=unseen, capture_output=True, text=True).stdout
    before, added = (set(part.split()) for part in printed.split("\n\n"))
    assert "flytekitplugins.larkspur" not in before
    assert "flytekitplugins.larkspur" in added
    assert {name for name in added if name.partition(".")[0] not in OURS} <= ALLOWED
