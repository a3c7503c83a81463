"""Are the operator's manifests copied whole, by the name of their release?"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from devkit import spark_manifests
from devkit.toolchain import ToolchainError


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A release that has a file for each part, and a folder of ours to copy them into."""
    folder = tmp_path / "v2@v9.8.7"
    for part in spark_manifests.PARTS:
        file = folder / "config" / part.replace("*", "carpenters")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"from: {part}\n")
    monkeypatch.setattr(spark_manifests, "module", lambda: folder)
    monkeypatch.setattr(spark_manifests, "MADE", tmp_path / "kustomize" / "made")
    return folder


def test_every_file_is_copied_and_the_image_has_the_releases_tag(module: Path):
    made = spark_manifests.make()
    said = yaml.safe_load((made / "kustomization.yaml").read_text())
    assert said["images"][0]["newTag"] == "9.8.7"
    assert len(said["resources"]) == len(spark_manifests.PARTS)
    copied = {yaml.safe_load((made / name).read_text())["from"] for name in said["resources"]}
    assert copied == set(spark_manifests.PARTS)


def test_what_an_older_release_left_is_gone(module: Path):
    (spark_manifests.make() / "old.yaml").write_text("")
    assert not (spark_manifests.make() / "old.yaml").exists()


def test_a_release_without_one_of_the_files_is_an_error_with_its_name(module: Path):
    (module / "config" / "rbac" / "role.yaml").unlink()
    with pytest.raises(ToolchainError, match=r"has no rbac/role\.yaml"):
        spark_manifests.make()


def test_a_folder_that_does_not_say_its_version_is_an_error(module: Path, monkeypatch: pytest.MonkeyPatch):
    module.rename(module.with_name("checkout"))
    monkeypatch.setattr(spark_manifests, "module", lambda: module.with_name("checkout"))
    with pytest.raises(ToolchainError, match=r"want a folder v2@vX\.Y\.Z"):
        spark_manifests.make()
