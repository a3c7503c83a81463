"""Does the double of the engine fill in what each Flyte's engine fills in, once, and leave the rest?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sanity_fake import Fake
from sanity_fake_services import TYPE
from sanity_profiles import profile

from connector_sanity import asking
from connector_sanity.dialect import DIALECTS
from connector_sanity.engine import Flyte
from connector_sanity.history import History
from connector_sanity.profile import Json
from connector_sanity.rendering import rendered

HERE = "s3://connector-sanity/run1/e/c/n0"
INPUTS = {1: HERE, 2: f"{HERE}/offloaded-inputs"}
RAW = {1: f"{HERE}/1/raw_output", 2: f"{HERE}/1"}
MAIN = {"name": "main", "image": "none:1"}


@pytest.fixture
def connector() -> Iterator[Fake]:
    fake = Fake()
    yield fake
    fake.stop()


@pytest.fixture(params=[1, 2])
def flyte(request: pytest.FixtureRequest, connector: Fake) -> Iterator[Flyte]:
    made = Flyte(DIALECTS[request.param], connector.address, profile(task_type=TYPE), "run1", "tasks")
    yield made
    made.close()


def asked(flyte: Flyte, *words: str, attempt: int = 1, **more: Any) -> Any:
    """Return a request with a container that has these arguments."""
    container: Json = {"image": "none:1", "args": list(words)} | more
    return flyte.request(template={"container": container}, case="c", execution="e", attempt=attempt)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("{{.input}}", "{inputs}/inputs.pb"),
        ("{{ $INPUT }}", "{inputs}/inputs.pb"),
        ("{{.inputPrefix}}", "{inputs}"),
        ("a={{.outputPrefix}}/b", f"a={HERE}/1/b"),
        ("{{.rawOutputDataPrefix}}", "{raw}"),
        ("{{.checkpointOutputPrefix}}", f"{HERE}/1/_flytecheckpoints"),
        ("{{.prevCheckpointPrefix}}", f"{HERE}/0/_flytecheckpoints"),
        ("{{.perRetryUniqueKey}}", "s3___connector_sanity_run1_e_c_n0_1"),
        ("{{.namespace}}", "tasks"),
        ("{{.runName}} {{.actionName}} {{.runStartTime}}", "{{.runName}} {{.actionName}} {{.runStartTime}}"),
        ("{{.inputs.nobody}} {{ user }} {{", "{{.inputs.nobody}} {{ user }} {{"),
    ],
)
def test_a_variable_in_an_argument(flyte: Flyte, variable: str, value: str) -> None:
    wanted = value.replace("{inputs}", INPUTS[flyte.dialect.number])
    wanted = wanted.replace("{raw}", RAW[flyte.dialect.number])
    assert list(rendered(asked(flyte, variable)).template.container.args) == [wanted]


def test_a_first_attempt_has_no_checkpoints_before_it(flyte: Flyte) -> None:
    made = rendered(asked(flyte, "{{.prevCheckpointPrefix}}", attempt=0))
    assert list(made.template.container.args) == ['""']


def test_an_input_is_filled_in_once(flyte: Flyte) -> None:
    request = asked(flyte, "{{.inputs.Name}}", "again:{{.inputs.Name}}", "{{.inputs.name}}")
    asking.text_input(request, "Name", "{{.outputPrefix}}")
    filled = list(rendered(request).template.container.args)
    assert filled == ["{{.outputPrefix}}", "again:{{.outputPrefix}}", "{{.inputs.name}}"]


@pytest.mark.parametrize(("kind", "value", "text"), [("integer", 7, "7"), ("boolean", True, "true")])
def test_other_inputs_have_a_text(flyte: Flyte, kind: str, value: Any, text: str) -> None:
    request = asked(flyte, "{{.inputs.x}}")
    asking.text_input(request, "x", "")
    literal = request.inputs.literals["x"] if flyte.dialect.number == 1 else request.inputs.literals[0].value
    setattr(literal.scalar.primitive, kind, value)
    assert list(rendered(request).template.container.args) == [text]


def test_nothing_else_is_filled_in(flyte: Flyte) -> None:
    environment = [{"key": "X", "value": "{{.input}}"}]
    request = asked(flyte, command=["{{.input}}"], env=environment)
    assert rendered(request) == request
    pod = {"k8sPod": {"podSpec": {"containers": [MAIN | {"args": ["{{.input}}"]}]}}}
    request = flyte.request(template=pod)
    assert rendered(request) == request


def test_what_is_sent_is_filled_in_and_what_was_asked_is_not_changed(connector: Fake) -> None:
    history = History()
    flyte = Flyte(DIALECTS[1], connector.address, profile(task_type=TYPE), "run1", "tasks", history.note)
    request = asked(flyte, "{{.outputPrefix}}")
    task = flyte.create(request)
    flyte.close()
    assert list(history.events[0].request.template.container.args) == [f"{HERE}/1"]
    assert task.request is request
    assert list(request.template.container.args) == ["{{.outputPrefix}}"]
