"""Do the wheels and sdists have what they should and nothing else, and would a mistake be noticed?"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from devkit import environment, packages
from devkit.toolchain import ROOT, ToolchainError

SAYS = """\
import importlib.metadata as m, flytekitplugins.larkspur as one, flyteplugins.larkspur as two
import larkspur_spec, flyteconnector, flyteconnector_a0
print(*(each.__file__ for each in (one, two, larkspur_spec, flyteconnector, flyteconnector_a0)), sep="\\n")
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return packages.build(tmp_path_factory.mktemp("dist"))


@pytest.fixture
def wheel(built: list[Path]) -> Path:
    return next(path for path in built if path.name.startswith("flytekitplugins") and path.suffix == ".whl")


def sums(paths: list[Path]) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_both_packages_are_built_as_wheel_and_sdist(built: list[Path]):
    names = {
        f"{name.replace('-', '_')}-{packages.project(name)['project']['version']}"
        for name in environment.OURS
    }
    assert {path.name for path in built} == {
        f"{n}{s}" for n in names for s in ("-py3-none-any.whl", ".tar.gz")
    }


def test_another_build_makes_the_same_bytes(built: list[Path], tmp_path: Path):
    assert sums(packages.build(tmp_path)) == sums(built)


def test_an_older_build_is_not_left_beside_the_new_one(tmp_path: Path):
    (old := tmp_path / "flyteconnector-0.0.1-py3-none-any.whl").touch()
    packages.build(tmp_path)
    assert not old.exists()


def test_wheels_alone_are_enough_to_import_both_task_classes_and_run_the_wrapper(
    built: list[Path], tmp_path: Path
):
    wheels = [str(path) for path in built if path.suffix == ".whl"]
    install = [
        *environment.installer(sys.executable),
        "--no-deps",
        "--no-index",
        "--target",
        str(tmp_path),
        *wheels,
    ]
    subprocess.run(install, check=True, capture_output=True)
    env = os.environ | {"PYTHONPATH": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", SAYS], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert all(line.startswith(f"{tmp_path}/") for line in done.stdout.splitlines()), done.stdout
    wrapper = subprocess.run(
        [tmp_path / "bin" / "flyteconnector-a0"], env=env, capture_output=True, text=True
    )
    assert "Usage: a0" in wrapper.stderr, "it starts a0, which misses its arguments"


def changed(wheel: Path, folder: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """Return a copy of a wheel, after `change` of its files."""
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    copy = folder / wheel.name
    with zipfile.ZipFile(copy, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return copy


ABOUT = f"flytekitplugins_larkspur-{packages.version()}.dist-info"
MISTAKES = {
    "larkspur_spec/config.py is missing": lambda files: files.pop("larkspur_spec/config.py"),
    "notes.txt does not belong there": lambda files: files.update({"notes.txt": b""}),
    "larkspur_spec/config.py has sha256": lambda files: files.update({"larkspur_spec/config.py": b"old"}),
    "flyteplugins/larkspur/py.typed is missing": lambda files: files.pop("flyteplugins/larkspur/py.typed"),
    "licenses/LICENSE is missing": lambda files: files.pop(f"{ABOUT}/licenses/LICENSE"),
    "entry_points.txt has ''": lambda files: files.update({f"{ABOUT}/entry_points.txt": b""}),
    "METADATA says Version: '9'": lambda files: files.update({f"{ABOUT}/METADATA": b"Version: 9\n\ntext"}),
    "METADATA has no description": lambda files: files.update({f"{ABOUT}/METADATA": b"Version: 9\n\n"}),
}


@pytest.mark.parametrize("said", MISTAKES)
def test_a_mistake_in_a_wheel_is_named(said: str, wheel: Path, tmp_path: Path):
    faults = packages.wheel_faults(changed(wheel, tmp_path, MISTAKES[said]), packages.PLUGIN)
    assert any(said in fault for fault in faults)


def test_a_file_too_many_in_an_sdist_is_named(built: list[Path], tmp_path: Path):
    sdist = next(path for path in built if path.name.startswith("flyteconnector") and path.suffix == ".gz")
    with tarfile.open(sdist) as tar:
        tar.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    (folder / "notes.txt").touch()
    (folder / "README.md").unlink()
    again = tmp_path / sdist.name
    with tarfile.open(again, "w:gz") as tar:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            tar.add(path, path.relative_to(tmp_path))
    assert list(packages.sdist_faults(again, "flyteconnector")) == [
        f"{sdist.name}: README.md is missing",
        f"{sdist.name}: notes.txt does not belong there",
    ]


def test_a_build_that_fails_says_what_hatchling_said(monkeypatch, tmp_path: Path):
    folder = tmp_path / "flyteconnector"
    shutil.copytree(environment.package("flyteconnector"), folder)
    (folder / "README.md").unlink()
    monkeypatch.setattr(environment, "package", lambda name: folder)
    with pytest.raises(ToolchainError, match=r"(?s)building flyteconnector failed.*README\.md"):
        packages.build(tmp_path / "dist")


def test_each_package_has_the_license_of_the_repository():
    for name in environment.OURS:
        assert (environment.package(name) / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
