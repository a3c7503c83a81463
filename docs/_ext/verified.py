"""With which versions does all of this work? The foot of every page says so, read from the files that decide it."""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]
# What a reader may want to compare with, and the file and pattern that say it.
SOURCES = {
    "flytekit": ("requirements/work.txt", r"^flytekit==(\S+)"),
    "flyteidl": ("requirements/work.txt", r"^flyteidl==(\S+)"),
    "protobuf": ("requirements/work.txt", r"^protobuf==(\S+)"),
    "Go at least": ("go/go.mod", r"^go (\S+)"),
    "Kubernetes libraries": ("go/go.mod", r"^\s*k8s\.io/api v(\S+)"),
    "Kubernetes of the local cluster": (
        "go/localcluster/go.mod",
        r"^\s*(?:require )?k8s\.io/kubernetes v(\S+)",
    ),
}


def versions(root: Path) -> dict[str, str]:
    """Return name -> version; raises ConfigError when a file does not say it."""
    found = {}
    for name, (file, pattern) in SOURCES.items():
        path = root / file
        match = re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE) if path.exists() else None
        if match is None:
            raise ConfigError(f"{file} does not say which version of {name} is used (pattern {pattern})")
        found[name] = match[1]
    return found


def add(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    context["verified"] = versions(ROOT)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", add)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
