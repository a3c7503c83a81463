"""Is what a check asks for in the request, whichever Flyte and whichever target?"""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import json_format
from sanity_profiles import profile

from connector_sanity import asking
from connector_sanity.dialect import DIALECTS
from connector_sanity.engine import Flyte

CONTAINER = {"container": {"image": "none:1", "args": ["x"]}, "custom": {"a": {"b": 1}}}
POD = {"k8sPod": {"podSpec": {"containers": [{"name": "main", "image": "none:1"}, {"name": "side"}]}}}


def asked(number: int, template: Any) -> Any:
    """Return a request of one Flyte."""
    flyte = Flyte(DIALECTS[number], "127.0.0.1:1", profile(), "unit", "tasks")
    try:
        return flyte.request(template=template)
    finally:
        flyte.close()


def spec(request: Any) -> Any:
    """Return its PodSpec."""
    return json_format.MessageToDict(request.template.k8s_pod.pod_spec)


@pytest.mark.parametrize("number", [1, 2])
def test_a_container(number: int) -> None:
    request = asked(number, CONTAINER)
    asking.env(request, "NAME", "value")
    asking.argument(request, "y")
    asking.custom(request, {"a": {"c": 2}, "d": 3})
    made = json_format.MessageToDict(request.template)
    assert made["container"]["env"] == [{"key": "NAME", "value": "value"}]
    assert made["container"]["args"] == ["x", "y"]
    assert made["custom"] == {"a": {"b": 1, "c": 2}, "d": 3}


@pytest.mark.parametrize("number", [1, 2])
def test_a_pod(number: int) -> None:
    request = asked(number, POD)
    asking.env(request, "NAME", "value")
    asking.argument(request, "y")
    asking.pod_spec(request, {"hostPID": True, "containers": [{"image": "none:2"}]})
    main = {"name": "main", "image": "none:2", "args": ["y"], "env": [{"name": "NAME", "value": "value"}]}
    assert spec(request) == {"hostPID": True, "containers": [main, {"name": "side"}]}


@pytest.mark.parametrize("number", [1, 2])
def test_an_input(number: int) -> None:
    request = asked(number, CONTAINER)
    asking.text_input(request, "x", "text")
    made = json_format.MessageToDict(request.inputs)["literals"]
    literal = made["x"] if number == 1 else next(each["value"] for each in made if each["name"] == "x")
    assert literal == {"scalar": {"primitive": {"stringValue": "text"}}}


def test_no_target_at_all() -> None:
    request = asked(1, {"custom": {}})
    asking.env(request, "NAME", "value")
    assert dict(request.task_execution_metadata.environment_variables) == {"NAME": "value"}
