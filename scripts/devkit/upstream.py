"""Where is Flyte's own Spark plugin, which ours is compared with? In a folder that only the comparison has on its path.

Installed beside the others, it would make every flytekit import PySpark. Standard library only.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from devkit import environment
from devkit.toolchain import only_one

NAME = "upstream"


def prepare(run: environment.Run) -> Path:
    """Return the folder, after installing the pinned release into it when it is missing; `run` executes or raises."""
    place, lock = environment.HOMES / NAME, environment.lock(NAME)
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    python = str(environment.python(run, "spark"))
    with only_one(place.with_suffix(".lock")):
        stamp = place / ".made-from"
        if not stamp.exists() or stamp.read_text() != wanted:
            shutil.rmtree(place, ignore_errors=True)
            words = ["--no-deps", "--require-hashes", "--target", str(place), "-r", str(lock)]
            run([*environment.installer(python), *words])
            stamp.write_text(wanted)
    return place
