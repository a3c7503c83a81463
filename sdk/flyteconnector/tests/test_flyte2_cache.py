"""Is a task that the SDK has in its cache not sent to the connector?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import squares2

TWICE = """
import flyte, squares2
for n in (3, 3, 4):
    run = flyte.with_runcontext(mode="local", raw_data_path="{folder}/raw").run(squares2.cached, n=n)
    print(run.outputs()[0])
    __import__("shutil").rmtree(run.url)
"""


def test_a_hit_is_not_created_again(instant2, tmp_path):
    env = os.environ | {"HOME": str(tmp_path), "DO_NOT_TRACK": "1"}  # the cache is in the home folder
    for expected in (2, 2):
        command = [sys.executable, "-c", TWICE.format(folder=tmp_path)]
        out = subprocess.run(
            command, cwd=Path(squares2.__file__).parent, env=env, check=True, capture_output=True, text=True
        ).stdout
        assert out.split() == ["9", "9", "16"]
        assert len(instant2.creates) == expected
