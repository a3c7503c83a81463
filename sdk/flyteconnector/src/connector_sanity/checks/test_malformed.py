"""M: what becomes of a request that no engine sends, and of a `custom` that the user got wrong?"""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.protobuf import json_format

from connector_sanity import deep
from connector_sanity.cluster import Cluster
from connector_sanity.engine import Flyte, code
from connector_sanity.part import Json
from connector_sanity.plugin import each_flyte
from connector_sanity.refusal import CRASHED, answered, names, refused
from connector_sanity.registry import check, needs

UNKNOWN_KEY = "connectorSanityNoSuchKey"
RESERVED = {
    "secrets": {"token": "connector-sanity"},
    "configs": {"region": "connector-sanity"},
    "taskType": "connector-sanity",
}
"""What Flyte 2 takes for itself of `custom`, in the shapes that it can read."""
DEEP = 1000
"""How many objects inside each other."""
M1 = {
    "id": "M1",
    "severity": "M",
    "title": "CreateTask without a template, a task_execution_metadata, a namespace, an output_prefix",
    "expects": "INVALID_ARGUMENT that names the field; nothing is created",
    "source": "flyteidl.admin.CreateTaskRequest: an engine fills all of them; Flyte's own Python connector "
    "answers NOT_FOUND "
    "'task type: .' (flyte 2.12.1, measured)",
    "fix": "look for every field that every task has before the task type is looked up, and name the one that "
    "is missing",
}
M2 = {
    "id": "M2",
    "severity": "M",
    "title": "`custom` not set, with values of the wrong type, fractions and huge numbers, unknown keys, keys "
    "that Flyte 2 "
    "takes for itself, 1000 objects inside each other",
    "expects": "what cannot be right is refused, and named; nothing breaks the connector",
    "source": "google.protobuf.Struct holds numbers as float64; Flyte 2 (main of 2026-08), "
    "plugins/webapi/connector/plugin.go "
    "reads the whole of custom as a core.Connection",
    "fix": "decode custom strictly into a message of your own, and say which key is wrong",
}


@check(level="W", **M1)
@each_flyte
@pytest.mark.parametrize(
    "field", ["template", "task_execution_metadata", "task_execution_metadata.namespace", "output_prefix"]
)
def test_a_field_that_every_task_has_is_missing(flyte: Flyte, eyes: Cluster | None, field: str) -> None:
    before, request = eyes.uids() if eyes else set(), flyte.request()
    *parents, last = field.split(".")
    place = request
    for parent in parents:
        place = getattr(place, parent)
    place.ClearField(last)
    words = refused(flyte, request, f"{flyte}: no {field}")
    assert names(words, last), (
        f"{flyte}: no {field}, and the answer is {words!r}; the field's name would be in it"
    )
    made = [each["metadata"]["name"] for each in eyes.since(before)] if eyes else []
    assert not made, f"{flyte}: a request without {field} has left {made}; nothing would be right"


def with_custom(flyte: Flyte, custom: Json | None) -> Any:
    """Return a request whose template has this `custom`; None: it is not set."""
    request = flyte.request()
    request.template.ClearField("custom")
    if custom is not None:
        json_format.ParseDict(custom, request.template.custom)
    return request


def of_template(flyte: Flyte) -> Json:
    """Return the `custom` of the profile's template."""
    return dict(flyte.profile.template.get("custom") or {})


@check(level="W", **M2)
@each_flyte
def test_custom_is_not_set(flyte: Flyte) -> None:
    task = answered(flyte.create, with_custom(flyte, None), what=f"{flyte}: custom is not set")
    if task is not None:
        answered(flyte.get, task, what=f"{flyte}: GetTask of a task whose custom is not set")


@check(level="W", **M2)
@each_flyte
def test_values_of_the_wrong_type(flyte: Flyte) -> None:
    custom = of_template(flyte)
    needs(custom, "the profile's template has no custom")
    for key, value in custom.items():
        wrong: Any = [["x"]] if isinstance(value, dict) else {"x": [{}]}
        words = refused(
            flyte, with_custom(flyte, custom | {key: wrong}), f"{flyte}: custom.{key} is {wrong!r}"
        )
        assert names(words, key), (
            f"{flyte}: custom.{key} is {wrong!r}, and the words are {words!r}; the key would be in them"
        )


@check(level="W", **M2)
@each_flyte
def test_numbers_that_fit_into_no_integer(flyte: Flyte) -> None:
    custom = of_template(flyte)
    numbers = [
        key for key, value in custom.items() if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    needs(numbers, "the profile's template has no number in its custom")
    for key in numbers:
        for value in (custom[key] + 0.5, 1e308, -1e308, 2.0**53):
            what = f"{flyte}: custom.{key} is {value!r}"
            task = answered(flyte.create, with_custom(flyte, custom | {key: value}), what=what)
            if task is not None:
                answered(flyte.get, task, what=f"{what}, GetTask")


@check(level="W", **M2)
@each_flyte
@pytest.mark.parametrize("key", [UNKNOWN_KEY, *RESERVED])
def test_a_key_that_the_connector_does_not_know(flyte: Flyte, key: str) -> None:
    custom = of_template(flyte)
    if key in custom:
        pytest.skip(f"{key} is a key of the profile's template")
    request = with_custom(flyte, custom | {key: RESERVED.get(key, "x")})
    if flyte.dialect.number == 2 and key in RESERVED:  # what the executor makes of it
        json_format.ParseDict({key: RESERVED[key]}, request.connection)
    words = refused(flyte, request, f"{flyte}: custom.{key}")
    assert names(words, key), (
        f"{flyte}: custom has {key!r}, and the words are {words!r}; the key would be in them"
    )


@check(level="W", **M2)
@each_flyte
def test_a_thousand_objects_inside_each_other(flyte: Flyte) -> None:
    what = f"{flyte}: {DEEP} objects inside each other"
    try:
        deep.create(flyte, deep.request(with_custom(flyte, None), DEEP))
    except grpc.RpcError as error:
        # Many libraries stop at 100, and gRPC says INTERNAL of a message that its library cannot read.
        unread = code(error) == "INTERNAL" and any(
            word in str(error.details()).lower() for word in deep.UNREAD
        )  # type: ignore[attr-defined]
        assert unread or code(error) not in CRASHED, f"{what}: {code(error)} {error.details()!r}"  # type: ignore[attr-defined]
    task = answered(flyte.create, what=f"{what}, and then a task as usual")
    assert task is not None, f"{what}: the next task, which is as usual, is refused"
