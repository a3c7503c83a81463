"""Is the exit code the task's own, whatever happens while the process ends?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_the_code_survives_what_aborts_pythons_shutdown(tmp_path: Path):
    """As threads of the object store's library do now and then."""
    script = "import atexit, os, sys, flyteconnector_a0\natexit.register(os.abort)\nsys.exit(flyteconnector_a0.main())"
    env = os.environ | {"DO_NOT_TRACK": "1"}
    words = [sys.executable, "-c", script, "--inputs", "x"]
    done = subprocess.run(words, env=env, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert "Missing option" in done.stderr
