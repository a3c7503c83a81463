"""What does Flyte get of a notebook task, and does that run where nothing else is?

The real ``pyflyte package`` packages the example. What Flyte's engine fills in is filled in here.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import notebook_task
import pytest
from flyteidl.admin import task_pb2
from flyteidl.core import errors_pb2, interface_pb2, literals_pb2, tasks_pb2

IMAGE, CODE = "registry.example.com/notebooks:v1", "{{ .remote_package_path }}"
FETCH = ["pyflyte-fast-execute", "--additional-distribution", CODE, "--dest-dir", ".", "--"]
ARGS = [
    *("pyflyte-execute", "--inputs", "{{.input}}", "--output-prefix", "{{.outputPrefix}}"),
    *("--raw-output-data-prefix", "{{.rawOutputDataPrefix}}"),
    *("--checkpoint-path", "{{.checkpointOutputPrefix}}", "--prev-checkpoint", "{{.prevCheckpointPrefix}}"),
    *("--resolver", "flytekit.core.python_auto_container.default_task_resolver"),
    *("--", "task-module", "notebook_task.delays", "task-name", "delays"),
]


def run(command: list[str], folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a command with nothing of the caller's environment but the programs."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {"PATH": path, "HOME": str(home), "TMPDIR": str(home), "FLYTE_FAIL_ON_ERROR": "true"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=120)


def package(home: Path, copy: str) -> dict[str, bytes]:
    """Return the files of a package of the example, made in a repository of its own."""
    source = home / f"source-{copy}"
    own = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(notebook_task.__file__).parent, source / "notebook_task", ignore=own)
    subprocess.run(["git", "init", "--quiet", source], check=True)
    words = ["pyflyte", "--pkgs", "notebook_task.delays", "package", "--image", IMAGE, "--copy", copy]
    words += ["--output", str(home / f"{copy}.tgz"), "--in-container-source-path", "."]
    done = run(words, source, home)
    assert done.returncode == 0, done.stdout + done.stderr
    with tarfile.open(home / f"{copy}.tgz") as tar:
        return {member: tar.extractfile(member).read() for member in tar.getnames()}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    return {copy: package(tmp_path_factory.mktemp(copy), copy) for copy in ("auto", "all")}


def template(files: dict[str, bytes]) -> tasks_pb2.TaskTemplate:
    (name,) = (name for name in files if re.fullmatch(r"\d+_notebook_task\.delays_1\.pb", name))
    return task_pb2.TaskSpec.FromString(files[name]).template


def in_container(files: dict[str, bytes], folder: Path) -> subprocess.CompletedProcess[str]:
    """Do what a container does: fetch the code into an empty folder, and run the task there."""
    ((name, content),) = [(name, files[name]) for name in files if name.endswith(".tar.gz")]
    (folder / name).write_bytes(content)
    inputs = literals_pb2.LiteralMap()
    inputs.literals["month"].scalar.primitive.integer = 2
    inputs.literals["airports"].collection.literals.add().scalar.primitive.string_value = "JFK"
    (folder / "inputs.pb").write_bytes(inputs.SerializeToString())
    values = {"input": f"{folder}/inputs.pb", "outputPrefix": str(folder), "prevCheckpointPrefix": '""'}
    values |= {"rawOutputDataPrefix": f"{folder}/raw", "checkpointOutputPrefix": f"{folder}/checkpoint"}
    args = [word.replace(CODE, f"{folder}/{name}") for word in template(files).container.args]
    (folder / "pod").mkdir()
    command = [re.sub(r"\{\{\.(\w+)\}\}", lambda found: values[found[1]], word) for word in args]
    return run(command, folder / "pod", folder)


def test_flyte_sees_an_ordinary_python_task_in_a_container(packages):
    task = template(packages["all"])
    assert (task.type, task.container.image) == ("python-task", IMAGE)
    assert list(task.container.args) == FETCH + ARGS
    assert not task.HasField("custom")
    assert task.metadata.generates_deck.value is True
    assert (task.metadata.discoverable, len(task.metadata.discovery_version)) == (True, 16)


def test_the_notebooks_inputs_and_outputs_are_typed(packages):
    interface: interface_pb2.TypedInterface = template(packages["all"]).interface
    assert set(interface.inputs.variables) == {"month", "airports"}
    assert interface.outputs.variables["executed"].type.blob.format == "ipynb"
    assert interface.outputs.variables["page"].type.blob.format == "html"


def test_code_that_is_copied_whole_runs_where_nothing_else_is(packages, tmp_path):
    done = in_container(packages["all"], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    outputs = literals_pb2.LiteralMap.FromString((tmp_path / "outputs.pb").read_bytes()).literals
    assert outputs["departures"].scalar.primitive.integer > 8000
    assert outputs["executed"].scalar.blob.uri.startswith(f"{tmp_path}/raw/")
    assert Path(outputs["executed"].scalar.blob.uri).read_text().count("image/png") == 1
    deck = (tmp_path / "deck.html").read_text()
    assert "Notebook</li>" in deck
    assert "data:image/png;base64," in deck


def test_pyflyte_run_finds_all_from_whichever_folder_it_is_started(tmp_path):
    shutil.copytree(Path(notebook_task.__file__).parent, tmp_path / "somewhere" / "notebook_task")
    done = run(
        ["pyflyte", "run", "somewhere/notebook_task/delays.py", "advice", "--month", "7"], tmp_path, tmp_path
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Do not leave at 21: flights are 24 minutes late" in done.stdout


def test_code_of_which_only_modules_are_copied_says_that_the_notebook_is_missing(packages, tmp_path):
    done = in_container(packages["auto"], tmp_path)
    assert done.returncode != 0
    error = errors_pb2.ErrorDocument.FromString((tmp_path / "error.pb").read_bytes()).error
    assert f"{tmp_path}/pod/notebook_task/delays.ipynb': there is no such file" in error.message
    assert "--copy all" in error.message
