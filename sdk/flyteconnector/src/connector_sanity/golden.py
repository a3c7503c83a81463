"""What have released versions of a connector left behind? This part of the profile has it, from files beside it."""

from __future__ import annotations

from typing import Literal

from connector_sanity.part import Part


class GoldenMeta(Part):
    """A resource_meta that a released version has written."""

    release: str
    meta: str
    """Its text; {namespace} is filled in. With `base64: true`, its bytes."""
    base64: bool = False
    says: Literal["resource", "refusal"]
    """Whether it names a resource, which is long gone, or carries the words of a refusal."""
    words: str = ""
    """A part of what GetTask says."""


class GoldenName(Part):
    """How a released version has called the resource of a task."""

    release: str
    task: str
    """The template's id.name."""
    prefix: str
    """The output prefix."""
    name: str


class Messages(Part):
    """The messages of the connector's own that tasks are registered with."""

    now: str
    """What buf reads: a folder or an image, relative to the profile."""
    baseline: str
    """The same as it was released."""
    category: Literal["FILE", "PACKAGE", "WIRE_JSON", "WIRE"] = "WIRE_JSON"


class Golden(Part):
    """What released versions have left behind, and every later one has to understand."""

    metas: list[GoldenMeta] = []
    names: list[GoldenName] = []
    messages: Messages | None = None
