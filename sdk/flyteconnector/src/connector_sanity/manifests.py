"""Which objects are in these files and folders? A folder with a kustomization is built, others are read."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import yaml

from connector_sanity.part import Json


def objects(paths: Iterable[Path]) -> list[Json]:
    """Return all of them; raises AssertionError when a path is missing, or when nothing can build a kustomization."""
    return [
        each
        for path in paths
        for text in _texts(path)
        for each in yaml.safe_load_all(text)
        if isinstance(each, dict)
    ]


def _texts(path: Path) -> list[str]:
    assert path.exists(), f"profile: there is no {path}"
    if (path / "kustomization.yaml").exists():
        return [_built(path)]
    files = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    return [file.read_text(encoding="utf-8") for file in files]


def _built(folder: Path) -> str:
    for program, words in (("kubectl", ("kustomize",)), ("kustomize", ("build",))):
        if found := shutil.which(program):
            done = subprocess.run([found, *words, str(folder)], capture_output=True, text=True)
            assert done.returncode == 0, f"{program} {words[0]} {folder}: {done.stderr.strip()}"
            return done.stdout
    raise AssertionError(
        f"neither kubectl nor kustomize is on PATH, and {folder} has to be built by one of them"
    )
