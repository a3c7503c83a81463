"""With which versions does all of this work? The foot of every page says so, read from lock files and results."""

from __future__ import annotations

import json
from pathlib import Path

import versions
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from devkit import slices

ROOT = Path(__file__).resolve().parents[2]


def steps(root: Path) -> str:
    """Return what `make steps` found out, if that was with the files as they are now."""
    path = root / "build" / "steps.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    wanted, complete = slices.load(root / "docs" / "steps.toml")
    now = slices.fingerprint(slices.assign(wanted, complete, slices.tracked()))
    if found.get("inputs") == now and not all(step["ok"] for step in found["steps"]):
        return "The code of a step fails its tests: make steps says which."
    if found.get("inputs") != now or not found["ok"]:
        return "For this build, the code of each step was not tested on its own."
    noticed = sum(len(step["mistakes"]) for step in found["steps"])
    return f"All {len(found['steps'])} steps build and pass, and their tests notice {noticed} mistakes made on purpose."


def read(app: Sphinx, config: Config) -> None:
    """Make it a setting, so that a change of it writes every page again."""
    config["verified"] = {"versions": versions.feet(ROOT), "steps": steps(ROOT)}


def add(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    context["verified"] = app.config.verified


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_config_value("verified", {}, "html", dict)
    app.connect("config-inited", read)
    app.connect("html-page-context", add)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
