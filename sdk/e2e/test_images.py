"""Does the connector's image serve tasks after its way through a registry, and is a task's image complete?

The registry is one of this machine, in memory. No container engine takes part: the files of the connector's image are
unpacked, and the folder of the task's image is installed into an empty environment, as its Dockerfile would.
"""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import cases
import making
import pytest
from attempts import Attempt
from flytekit.image_spec.default_builder import create_docker_context

from devkit import build, environment, image, packages, records, task_image
from devkit.cluster import LocalCluster
from devkit.connector import Connector
from devkit.process import Child

pytestmark = pytest.mark.timeout(900)
INPUTS = {
    "build_python": "sdk, scripts/devkit",
    "build_image": "go, scripts/devkit, sdk/flytekitplugins-larkspur/pyproject.toml",
    "push_image": "go, scripts/devkit, sdk/flytekitplugins-larkspur/pyproject.toml",
    "build_demo_docker": "sdk, requirements/work.txt, examples/flights, go/dockerfile, scripts/devkit",
}


@pytest.fixture(scope="module")
def registry() -> Iterator[str]:
    """The address of a registry that keeps images in memory."""
    child = Child("the registry", [str(image.packer()), "serve"])
    try:
        yield child.process.stdout.readline().strip()
    finally:
        child.stop(10)


@pytest.fixture(scope="module")
def pushed(registry: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The image's name with its digest in the registry, and what the command printed."""
    words = f"--push {registry}/{image.name()}"
    printed = making.all_of("build_image", tmp_path_factory.mktemp("push"), ARGS=words)
    (place,) = re.findall(
        rf"^pushed ({registry}/{image.name()}):{packages.version()}@(sha256:\w{{64}})$", printed, re.M
    )
    return "@".join(place), printed


@pytest.fixture(scope="module")
def unpacked(pushed: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of the image, as it came from the registry."""
    folder, archive = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("tar") / "files.tar"
    with archive.open("wb") as file:
        subprocess.run([image.packer(), "export", pushed[0]], stdout=file, check=True)
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="tar")
    return folder


def recorded(name: str, target: str, temporary: Path, words: str = "") -> str:
    """Run a target, and return how what it prints differs from the record."""
    printed = making.all_of(target, temporary, **({"ARGS": words} if words else {}))
    command = f"make {target}" + (f" ARGS={words}" if words else "")
    return records.compare(name, command, printed, INPUTS[name])


def test_building_prints_what_the_site_shows(tmp_path: Path):
    assert not recorded("build_python", "build_python", tmp_path)
    assert not recorded("build_image", "build_image", tmp_path)
    assert not recorded("build_demo_docker", "build_demo_docker", tmp_path, "--only-context")
    assert list(tmp_path.iterdir()) == [], "temporary files are left"


def test_pushing_prints_what_the_site_shows(pushed: tuple[str, str], registry: str):
    command = f"make build_image ARGS='--push {registry}/{image.name()}'"
    assert not records.compare("push_image", command, pushed[1], INPUTS["push_image"])


def test_the_program_of_the_pulled_image_needs_nothing_around_it(unpacked: Path):
    done = subprocess.run([unpacked / "connector", "--help"], env={}, cwd="/", capture_output=True, text=True)
    assert done.returncode == 0
    assert "--listen" in done.stdout + done.stderr


def test_the_program_of_the_pulled_image_serves_a_task(unpacked: Path, cluster: LocalCluster, monkeypatch):
    monkeypatch.setattr(build, "program", lambda name: unpacked / name)
    with Connector(cluster, cluster.folder, "connector-of-the-image") as connector:
        (command, *_) = Path(f"/proc/{served_by(unpacked)}/cmdline").read_text().split("\0")
        assert command == str(unpacked / "connector")
        attempt = Attempt(cases.divide, a=6, b=3)
        attempt.create(connector)
        attempt.await_phase(connector, "SUCCEEDED")
        attempt.delete(connector)


def served_by(folder: Path) -> int:
    """Return the process whose program is in a folder."""
    for link in Path("/proc").glob("[0-9]*/exe"):
        try:
            if link.readlink().is_relative_to(folder):
                return int(link.parent.name)
        except OSError:  # it has ended, or belongs to somebody else
            continue
    raise AssertionError(f"no process runs from {folder}")


def test_the_bill_of_materials_names_the_modules_of_the_connector(pushed: tuple[str, str]):
    (file,) = (image.HOME / "bin").glob("*.cdx.json")
    said = json.loads(file.read_text())
    names = {each["name"] for each in said["components"]}
    assert {"stdlib", "k8s.io/client-go", "google.golang.org/grpc", "example.com/flyteconnector"} <= names
    assert said["metadata"]["component"]["version"] == packages.version()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The folder of a task's image, and the environment of a process in it: nothing of ours is on its paths."""
    home = tmp_path_factory.mktemp("image")
    folder, venv = task_image.context(home / "context"), home / "venv"
    subprocess.run([environment.uv(), "venv", "--quiet", f"--python={sys.executable}", venv], check=True)
    install = environment.installer(str(venv / "bin/python"))
    wheels = map(str, (folder / "wheels").iterdir())
    for words in (
        ["--require-hashes", "-r", str(folder / "requirements.txt")],
        ["--no-deps", "--no-index", *wheels],
    ):
        subprocess.run([*install, *words], check=True, env=environment.uv_env())
    env = {"PATH": f"{venv / 'bin'}:/usr/bin:/bin", "PYTHONPATH": str(folder / "app"), "HOME": str(home)}
    return folder, env | {"TMPDIR": str(home), "DO_NOT_TRACK": "1", "COLUMNS": "200"}


def inside(installed: tuple[Path, dict[str, str]], *words: str) -> str:
    folder, env = installed
    done = subprocess.run(words, cwd=folder / "app", env=env, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_image_spec_becomes_a_dockerfile_with_the_same_contents(
    installed: tuple[Path, dict[str, str]], tmp_path: Path, monkeypatch
):
    folder = installed[0]
    monkeypatch.chdir(folder)
    spec = runpy.run_path(str(task_image.DOCKERFILE.with_name("image.py")))["image"]
    create_docker_context(spec, tmp_path)
    assert not any("does not build" in line for line in task_image.lint(tmp_path / "Dockerfile").splitlines())
    for name in ("wheels", "app"):
        assert sorted(p.name for p in (tmp_path / name).iterdir()) == sorted(
            p.name for p in (folder / name).iterdir()
        )
    lines = [line.strip() for line in (folder / "requirements.txt").read_text().splitlines()]
    assert (tmp_path / "requirements_uv.txt").read_text().splitlines() == lines
    assert spec.name == task_image.NAME


def test_what_the_dockerfile_installs_fits_together(installed: tuple[Path, dict[str, str]]):
    python = Path(installed[1]["PATH"].partition(":")[0]) / "python"
    subprocess.run([environment.uv(), "pip", "check", "--python", python], check=True)


def test_the_workflow_runs_in_what_the_dockerfile_installs(installed: tuple[Path, dict[str, str]]):
    printed = inside(installed, "pyflyte", "run", "workflow.py", "slowest_airlines", "--airports", '["JFK"]')
    assert "airline='" in printed


def test_a_task_of_flyte_2_runs_in_what_the_dockerfile_installs(installed: tuple[Path, dict[str, str]]):
    inside(installed, "flyte", "run", "--local", "ways2.py", "total", "--n", "3")
    wrapper = subprocess.run(["flyteconnector-a0"], env=installed[1], capture_output=True, text=True)
    assert "Usage: a0" in wrapper.stderr


def test_the_image_can_package_its_own_workflow(installed: tuple[Path, dict[str, str]], tmp_path: Path):
    output = tmp_path / "workflow.tgz"
    flags = [
        "--copy",
        "none",
        "--image",
        f"registry.example.com/{task_image.reference()}",
        "--output",
        str(output),
    ]
    inside(installed, "pyflyte", "--pkgs", "workflow", "package", *flags)
    with tarfile.open(output) as tar:
        names = tar.getnames()
    assert {name.partition("_")[2] for name in names if name.endswith("_1.pb")} == {
        "workflow.add_up_1.pb",
        "workflow.compare_1.pb",
    }
    assert not [name for name in names if name.endswith(".tar.gz")], "the code is in the image"
