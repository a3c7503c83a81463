"""Where do tests against an API server get one, in a copy of the repository that cannot build it?"""

from __future__ import annotations

from pathlib import Path

import pytest

from devkit import build
from devkit.toolchain import ToolchainError


@pytest.fixture(autouse=True)
def without_local_cluster(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(build, "MODULE_FILE", tmp_path / "go.mod")


def test_what_the_variable_names_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "etcd").touch()
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))
    assert build.assets(["etcd"]) == tmp_path


def test_what_is_missing_is_named_with_a_way_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "etcd").touch()
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))
    with pytest.raises(ToolchainError, match=r"a folder with kubectl; setup-envtest"):
        build.assets(["etcd", "kubectl"])
    monkeypatch.delenv("KUBEBUILDER_ASSETS")
    with pytest.raises(ToolchainError, match=r"KUBEBUILDER_ASSETS must name a folder with etcd"):
        build.assets(["etcd"])


def test_no_program_is_no_reason_to_ask_for_any(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    assert build.assets([])
