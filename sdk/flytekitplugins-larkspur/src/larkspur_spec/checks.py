"""Which types does a configuration refuse? What the values may be, the rules of its message say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2


def pod_template(config: object, field: str) -> None:
    """Refuse what is no object as in JSON. What is in it, the connector checks: it knows Kubernetes' types."""
    value = getattr(config, field)
    if value is not None and not isinstance(value, Mapping):
        raise TypeError(f"{said(config, field)}: must be a dict, as a PodTemplateSpec in YAML")
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
