"""Does the hash of the manifests, which Go's test cache is told, notice every change?"""

from __future__ import annotations

from pathlib import Path

import pytest

from devkit import manifests


def test_the_hash_notices_a_change_a_new_name_and_a_new_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(manifests, "FOLDER", tmp_path)
    file = tmp_path / "base" / "kustomization.yaml"
    file.parent.mkdir()
    file.write_text("resources: []\n")
    seen = {manifests.digest()}
    file.write_text("resources: [a.yaml]\n")
    seen.add(manifests.digest())
    file = file.rename(file.with_name("other.yaml"))
    seen.add(manifests.digest())
    file.with_name("new.yaml").touch()
    seen.add(manifests.digest())
    assert len(seen) == 4
