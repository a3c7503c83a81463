"""Where does a process that a test starts find its modules?"""

from __future__ import annotations

import os
from pathlib import Path


def python_path(*folders: Path) -> str:
    """Return a PYTHONPATH: ``folders``, then what this process was given, so that both test the same code."""
    given = os.environ.get("PYTHONPATH", "")
    return os.pathsep.join([*map(str, folders), *([given] if given else [])])
