"""Is the plugin found by flytekit, and cheap to import? Every container of every task pays for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

ORDERS = {
    "plugin first": "import flytekitplugins.larkspur",
    "flytekit first": "import flytekit, flytekitplugins.larkspur",
    "mixin first": "import flyteconnector, flytekitplugins.larkspur",
    "not imported by the user at all": "import flytekit",
}


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
