"""Is what Flyte would ignore or fail refused, in words that say what would be right?"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import OrderedDict
from datetime import timedelta
from pathlib import Path

import pytest
import squares
from flyteidl.core import errors_pb2, literals_pb2
from flytekit import PodTemplate, Resources, dynamic, map_task, task, workflow
from flytekit.configuration import Image, ImageConfig, SerializationSettings
from flytekit.tools.translator import get_serializable

IMAGE = ImageConfig(default_image=Image("default", "registry.example.com/mine", "v1"))
SETTINGS = SerializationSettings(image_config=IMAGE, project="p", domain="d", version="v")


def registered(function) -> OrderedDict:
    """Return all that the registration of a workflow would send."""
    found: OrderedDict = OrderedDict()
    get_serializable(found, SETTINGS, workflow(function))
    return found


def mapped(numbers: list[int]) -> list[int]:
    return map_task(squares.square)(n=numbers)


def test_a_map_task_is_refused_through_a_connector_before_anything_is_sent(instant):
    with pytest.raises(
        ValueError, match=r"map_task\(squares.square\): .* CorruptedPluginState; call the task in a loop"
    ):
        map_task(squares.square)(n=[1, 2, 3])
    assert instant.creates == []


def test_a_map_task_is_refused_when_it_would_be_registered():
    with pytest.raises(
        ValueError, match=r"map_task\(squares.square\): Flyte 1 cannot run tasks of a connector"
    ):
        registered(mapped)


def test_a_map_task_runs_in_this_process(monkeypatch):
    monkeypatch.delenv("FLYTECONNECTOR_ENDPOINT", raising=False)
    assert map_task(squares.square)(n=[1, 2, 3]) == [1, 4, 9]


def test_a_map_task_of_a_plugin_in_flytepropeller_is_as_flyte_says(monkeypatch, instant):
    monkeypatch.setattr(squares.EchoTask, "in_propeller", True)
    assert map_task(squares.square)(n=[1, 2, 3]) == [1, 4, 9]
    assert len(instant.creates) == 3
    assert any(type(entity).__name__ == "ArrayNodeMapTask" for entity in registered(mapped))


def test_a_function_that_makes_a_workflow_is_refused():
    def each(n: int) -> list[int]:
        return [squares.square(n=i) for i in range(n)]

    with pytest.raises(ValueError, match=r"@dynamic \S+each: a task of type echo_job cannot make a workflow"):
        dynamic(each, task_config=squares.Echo())


def test_a_coroutine_is_refused_by_flytekit():
    async def later(n: int) -> int:
        return n

    with pytest.raises(AssertionError, match="not compatible with async functions"):
        task(later, task_config=squares.Echo())


LOST = {
    "requests": Resources(cpu="2"),
    "limits": Resources(mem="1Gi"),
    "resources": Resources(cpu="2"),
    "container_image": "registry.example.com/other:v1",
    "shared_memory": True,
    "pod_template": PodTemplate(primary_container_name="main"),
    "task_config": squares.Echo(),
}
OF_A_POD = {"pod_template", "task_config", "shared_memory"}  # the others are in the pod that Flyte sends
KEPT = {
    "retries": 3,
    "timeout": timedelta(seconds=9),
    "interruptible": True,
    "name": "mine",
    "node_name": "mine",
}


@pytest.mark.parametrize("name", LOST)
def test_an_override_that_would_be_lost_is_refused(name):
    def one(n: int) -> int:
        return squares.square(n=n).with_overrides(**{name: LOST[name]})

    with pytest.raises(
        ValueError, match=rf"with_overrides\({name}=.* of squares.square: Flyte sends no {name} of a node"
    ):
        registered(one)


@pytest.mark.parametrize("name", LOST)
def test_of_a_pod_only_what_flyte_does_not_put_in_is_refused(name):
    def one(n: int) -> int:
        return squares.in_pod(n=n).with_overrides(**{name: LOST[name]})

    if name in OF_A_POD:
        with pytest.raises(ValueError, match=rf"Flyte sends no {name} of a node"):
            registered(one)
    else:
        assert registered(one)


@pytest.mark.parametrize("name", LOST)
def test_in_flytepropeller_every_override_counts(name, monkeypatch):
    def one(n: int) -> int:
        return squares.square(n=n).with_overrides(**{name: LOST[name]})

    monkeypatch.setattr(squares.EchoTask, "in_propeller", True)
    assert registered(one)


def test_what_flyte_itself_reads_may_be_overridden():
    def one(n: int) -> int:
        return squares.square(n=n).with_overrides(**KEPT)

    (node,) = [
        node
        for spec in registered(one).values()
        for node in getattr(getattr(spec, "template", None), "nodes", [])
    ]
    assert node.id == "mine"
    assert (node.metadata.retries.retries, node.metadata.interruptible) == (3, True)
    assert node.metadata.timeout == timedelta(seconds=9)


def execute(folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the task as the container of a pod would."""
    inputs = literals_pb2.LiteralMap()
    inputs.literals["n"].scalar.primitive.integer = 3
    (folder / "inputs.pb").write_bytes(inputs.SerializeToString())
    words = ["--inputs", "inputs.pb", "--output-prefix", str(folder), "--raw-output-data-prefix", str(folder)]
    words += ["--resolver", "flytekit.core.python_auto_container.default_task_resolver", "--"]
    ours = {"PYTHONPATH": str(Path(squares.__file__).parent), "FLYTE_FAIL_ON_ERROR": "true"}
    return subprocess.run(
        [str(Path(sys.executable).parent / "pyflyte-execute"), *words, "task-module", "squares", "task-name", "square"],
        cwd=folder, env={**os.environ, **ours, **env}, capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    "name", ["squares.square", "squares.map_square_6b3bd0353da5de6e84d7982921ead2b3-arraynode"]
)
def test_a_plain_pod_fails_and_says_whose_mistake_it_is(name, tmp_path):
    done = execute(tmp_path, FLYTE_INTERNAL_TASK_NAME=name)
    assert done.returncode == 1
    assert not (tmp_path / "outputs.pb").exists()
    said = errors_pb2.ErrorDocument.FromString((tmp_path / "error.pb").read_bytes()).error.message
    for part in (
        "squares.square runs as a plain pod",
        "echo_job",
        "ECHO_LAUNCHED",
        "plugins.connector-service",
    ):
        assert part in said


@pytest.mark.parametrize(
    "env",
    [
        {"FLYTE_INTERNAL_TASK_NAME": "squares.square", "ECHO_LAUNCHED": "1"},
        {"FLYTE_INTERNAL_TASK_NAME": "squares.another"},
        {},
    ],
    ids=["started by the plugin", "called within another task", "started by hand"],
)
def test_elsewhere_it_runs(env, tmp_path):
    done = execute(tmp_path, **env)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "outputs.pb").exists()
