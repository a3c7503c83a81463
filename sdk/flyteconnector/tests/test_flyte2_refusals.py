"""Is what Flyte 2 would take for something else refused, in words that help?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import flyte
import pytest
import squares2
from flyte.extend import TaskPluginRegistry
from flyte.models import SerializationContext

from flyteconnector.flyte2 import RemoteFunctionTask

SETTINGS = SerializationContext(version="v1", root_dir=squares2.WORKFLOWS)


class Kind:
    """The configuration of a task type."""


def declare(kind: type[RemoteFunctionTask]) -> flyte.TaskEnvironment:
    TaskPluginRegistry.register(Kind, kind)
    return flyte.TaskEnvironment(name="declared", plugin_config=Kind())


class Plain(RemoteFunctionTask):
    task_type: str = "plain"


@dataclass(kw_only=True)
class Typeless(RemoteFunctionTask):
    pass


class Child(squares2.EchoTask):
    task_type: str = "child"


@pytest.mark.parametrize(
    ("kind", "seen"), [(Plain, "'python'"), (Typeless, "'python'"), (Child, f"'{squares2.TASK_TYPE}'")]
)
def test_a_class_that_is_no_dataclass_or_has_no_type_is_refused_where_the_task_is_written(kind, seen):
    env = declare(kind)
    with pytest.raises(TypeError) as caught:

        @env.task
        async def declared(n: int) -> int:
            return n

    for part in (
        "declared.declared",
        seen,
        f"declare {kind.__name__} with @dataclass(kw_only=True)",
        "task_type: str",
    ):
        assert part in str(caught.value)


@dataclass(kw_only=True)
class Custom(RemoteFunctionTask):
    task_type: str = "custom"
    answer: ClassVar[dict[str, object]] = {}

    def custom_config(self, sctx):
        return self.answer


REFUSED = {
    "nothing": ({}, "returned {}: Flyte 2 sends nothing in place of an empty configuration"),
    "secrets": (
        {"secrets": "x", "a": 1},
        "'secrets', which Flyte 2's engine takes for itself (it looks every value up",
    ),
    "configs": ({"configs": {}}, "'configs'"),
    "taskType": ({"taskType": "x"}, "'taskType'"),
    "task_type": ({"task_type": "x"}, "'task_type'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_configuration_that_would_not_arrive_is_refused_before_anything_is_sent(
    name, instant2, run2, monkeypatch
):
    answer, reason = REFUSED[name]
    monkeypatch.setattr(Custom, "answer", answer)

    async def declared(n: int) -> int:
        return n

    task = declare(Custom).task(declared)
    with pytest.raises(ValueError, match="custom_config") as caught:
        task.container_args(SETTINGS)
    assert str(caught.value).startswith("Custom.custom_config of task declared.declared returned ")
    assert reason in str(caught.value)
    with pytest.raises(flyte.errors.RuntimeUserError, match="custom_config"):
        run2(task, n=3)
    assert instant2.creates == []


def test_a_container_that_the_plugin_has_not_started_says_so_and_is_not_tried_again(real2, run2):
    with pytest.raises(flyte.errors.RuntimeUserError) as caught:
        run2(squares2.launched, n=3)
    assert caught.value.code == "PlainPodError"
    for part in (
        "launches.launched runs as a plain pod",
        "the task type launched_job",
        "ECHO_LAUNCHED is not set",
    ):
        assert part in str(caught.value)
    assert len(real2.creates) == 1


def test_a_container_that_the_plugin_has_started_runs_the_function(real2, run2):
    real2.runner.env["ECHO_LAUNCHED"] = "yes"
    assert run2(squares2.launched, n=3) == 9
