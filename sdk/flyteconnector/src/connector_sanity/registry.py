"""What is a check? A test function that says which promise it looks at, and what its author has to change."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import pytest

T = TypeVar("T", bound=Callable[..., object])


class Level(enum.StrEnum):
    """What a check needs beside the connector's address."""

    W = "wire"  # nothing
    K = "kubernetes"  # a cluster: the kit sees the resources, and plays the operator
    F = "faults"  # and the kit starts the connector, behind a proxy to the API server
    S = "static"  # manifests, messages and names that are checked in


class Severity(enum.StrEnum):
    """What it means when the promise is broken."""

    B = "blocker"  # a task runs twice, is left behind or lost, or reaches another tenant
    M = "major"
    m = "minor"


@dataclass(frozen=True)
class Check:
    """One promise of a connector."""

    id: str
    level: Level
    severity: Severity
    title: str
    expects: str
    source: str
    fix: str


CHECKS: dict[str, Check] = {}


def needs(what: object, reason: str) -> None:
    """Leave the check out, and have it counted as not applicable, unless it has what it needs; the reason says what."""
    if not what:
        pytest.skip(reason)


def check(
    id: str, level: str, severity: str, title: str, *, expects: str, source: str, fix: str
) -> Callable[[T], T]:
    """Make the decorated test function a check; several functions may share one id, with the same words, at any levels.

    Args:
        id: "I1" and so on.
        level: A name of `Level`.
        severity: A name of `Severity`.
        title: What is done to the connector.
        expects: What it has to do then.
        source: The version and the place in Flyte, Kubernetes or an issue that it follows from.
        fix: What its author has to change, in one sentence.
    """
    made = Check(id, Level[level], Severity[severity], title, expects, source, fix)
    if CHECKS.setdefault(id, made) != replace(made, level=CHECKS[id].level):
        raise ValueError(f"check {id} is declared twice, with different words")

    def decorate(function: T) -> T:
        function.sanity_check = made  # type: ignore[attr-defined]
        return function

    return decorate
