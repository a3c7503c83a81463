"""Does the kit write what an operator would? The parts that need no cluster."""

from __future__ import annotations

import re
from typing import Any

import pytest

from connector_sanity.operator import difference, filled

IT = {"metadata": {"name": "a", "uid": "u1", "creationTimestamp": "2026-01-02T03:04:05Z"}}


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("{name}-{number}", "a-3"),
        (
            {"x": ["{uid}", 1, None, {"y": "{created}"}]},
            {"x": ["u1", 1, None, {"y": "2026-01-02T03:04:05Z"}]},
        ),
        ("{other} {{name}}", "{other} {a}"),
        ({"{name}": True}, {"{name}": True}),
    ],
)
def test_what_is_filled_in(value: Any, wanted: Any) -> None:
    assert filled(value, IT, 3) == wanted


def test_now_is_a_time_as_kubernetes_writes_it() -> None:
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", filled("{now}", IT))


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ({}, {"a": 1}, {"a": 1}),
        ({"a": 1, "b": 2}, {"b": 2}, {"a": None, "b": 2}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"y": 3}}, {"a": {"x": None, "y": 3}}),
        ({"a": {"x": 1}}, {"a": [1]}, {"a": [1]}),
        ({"a": [1]}, {"a": {"x": 1}}, {"a": {"x": 1}}),
        ({"a": 1}, {}, {"a": None}),
    ],
)
def test_the_patch_from_one_state_to_another(old: Any, new: Any, change: Any) -> None:
    assert difference(old, new) == change
