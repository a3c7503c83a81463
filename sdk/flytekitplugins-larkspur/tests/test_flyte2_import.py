"""Does the plugin for Flyte 2 leave flytekit alone? An image of Flyte 2 has none."""

from __future__ import annotations

import subprocess
import sys

NO_FLYTEKIT = """
import sys
sys.modules["flytekit"] = sys.modules["flyteidl"] = None  # makes their import fail
import flyteplugins.larkspur, flyte
env = flyte.TaskEnvironment(name="e", plugin_config=flyteplugins.larkspur.Job(completions=2))
task = env.task(lambda: None)
print(type(task).__name__, task.task_type)
"""


def test_a_task_is_made_without_flytekit():
    made = subprocess.check_output([sys.executable, "-c", NO_FLYTEKIT], text=True)
    assert made.split() == ["JobTask", "larkspur_job"]


def test_flyteplugins_belongs_to_all_plugins():
    """A package of this name would hide those of other distributions."""
    script = "import flyteplugins; print(flyteplugins.__file__)"
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == "None"
