"""From which template is a copy, and from which version? A renamed copy has a file that says so, for `nox -s update`.

It is the file that copier writes into a copy that it makes itself, scripts/copier/.copier-answers.yml.jinja.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from devkit.rename_names import Names

ANSWERS = ".copier-answers.yml"
HEAD = "# From which template, and with which names? `make update` reads this, and copier writes it.\n"


def asked(root: Path, *words: str) -> str:
    """Return what git says, or nothing where it has no answer."""
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def answers(root: Path, keep: str, parts: set[str], new: Names) -> dict[str, bytes]:
    """Return the file, by its name; nothing for a repository that was cloned from nowhere."""
    source, commit = asked(root, "remote", "get-url", "origin"), asked(root, "describe", "--tags", "--always")
    if not source or not commit:
        return {}
    said: dict[str, object] = {
        "_commit": commit,
        "_src_path": source,
        "distribution": new.distribution,
        "keep": keep,
    }
    said |= {"module": new.module, "name": new.word, "parts": sorted(parts)}
    lines = [f"{key}: {json.dumps(value)}\n" for key, value in said.items()]  # which is YAML, too
    return {ANSWERS: (HEAD + "".join(lines)).encode("utf-8")}
