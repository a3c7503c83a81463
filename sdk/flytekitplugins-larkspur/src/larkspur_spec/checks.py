"""Which values does a configuration refuse, and in which words? They name the field, the value, and what is right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2


def integer(config: object, field: str, low: int, high: int) -> None:
    """Refuse what is not an integer from ``low`` to ``high``. True is an int to Python, but not to a user."""
    value = getattr(config, field)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{said(config, field)}: must be an int, not {type(value).__name__}")
    if not low <= value <= high:
        raise ValueError(f"{said(config, field)}: must be between {low} and {high}")


def pod_template(config: object, field: str) -> None:
    """Refuse what is no pod template as in YAML. What is in it, the connector checks: it knows Kubernetes' types."""
    value = getattr(config, field)
    if value is None:
        return
    if not isinstance(value, Mapping) or not set(value) <= {"metadata", "spec"}:
        right = "must be a dict with metadata, spec or both, as a PodTemplateSpec in YAML"
        raise ValueError(f"{said(config, field)}: {right}")
    try:
        struct(value)
    except (json_format.ParseError, TypeError, ValueError) as error:
        raise TypeError(f"{said(config, field)}: must be made of what JSON has: {error}") from None


def struct(value: Mapping[str, Any] | None) -> struct_pb2.Struct | None:
    """Return a JSON object as a message."""
    return None if value is None else json_format.ParseDict(value, struct_pb2.Struct())


def said(config: object, field: str) -> str:
    """Return what the user wrote: ``Job.completions = 0``."""
    return f"{type(config).__name__}.{field} = {getattr(config, field)!r}"
