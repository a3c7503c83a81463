"""With which versions does all of this work? The foot of every page says so, read from lock files and results."""

from __future__ import annotations

import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

from devkit import slices

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


def steps(root: Path) -> str:
    """Return what `make steps` found out, if that was with the files as they are now."""
    path = root / "build" / "steps.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    wanted, complete = slices.load(root / "docs" / "steps.toml")
    now = slices.fingerprint(slices.assign(wanted, complete, slices.tracked()))
    if not found.get("ok") or found.get("inputs") != now:
        return "The steps of the book were not built yet with the code as it is now; make steps does it."
    noticed = sum(len(step["mistakes"]) for step in found["steps"])
    return f"All {len(found['steps'])} steps build and pass, and their tests notice {noticed} mistakes made on purpose."


def read(app: Sphinx, config: Config) -> None:
    """Make it a setting, so that a change of it writes every page again."""
    config["verified"] = {"versions": versions(ROOT), "steps": steps(ROOT)}


def add(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    context["verified"] = app.config.verified


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_config_value("verified", {}, "html", dict)
    app.connect("config-inited", read)
    app.connect("html-page-context", add)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
