"""What must tasks not get from a connector? This part of the profile says it."""

from __future__ import annotations

from connector_sanity.part import Json, Part


class Forbidden(Part):
    """Something that a task must not get."""

    asks: Json
    """What is merged into the template's `custom`, or into the PodSpec."""
    says: str = ""
    """A part of the words that the user has to see."""


class Limits(Part):
    """What tasks must not get from this connector, beyond what Kubernetes' Pod Security forbids everywhere."""

    pod: Json | None = None
    """A TaskTemplate with the target k8sPod that is accepted. None: users cannot bring a PodSpec of their own."""
    allowed: list[str] = []
    """The features of a PodSpec (hostNetwork, …; see checks/test_security.py) that this connector is set to allow."""
    pods: list[Forbidden] = []
    """More fields of a PodSpec that are refused, such as other service accounts."""
    custom: list[Forbidden] = []
    """Settings of the operator that would reach further than the task, such as another namespace."""
    signed: bool = False
    """resource_meta is signed: one that was forged has to be refused; else it only must reach nothing."""
    metadata: dict[str, str] = {}
    """Labels and annotations of an execution that must not reach the resource, beside the profile's `mark`."""
