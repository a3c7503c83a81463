"""Which profile do the tests of connector-sanity use? One of a connector that makes widgets."""

from __future__ import annotations

from typing import Any

from connector_sanity.profile import Profile

CONTENT: dict[str, Any] = {
    "name": "widgets",
    "task_type": "widget",
    "namespace": "tasks",
    "template": {"custom": {"size": 1}},
    "resource": {"api_version": "example.com/v1", "kind": "Widget"},
    "pods": {"labels": {"widget": "{name}"}, "container": "main"},
    "states": {
        "submitted": {"status": {}, "phase": ["QUEUED"]},
        "running": {
            "status": {"state": "Running", "since": "{created}"},
            "phase": ["RUNNING"],
            "pod": {"phase": "Running"},
        },
        "succeeded": {"status": {"state": "Done"}, "phase": ["SUCCEEDED"]},
        "failed": {"status": {"state": "Failed"}, "phase": ["FAILED", "RETRYABLE_FAILED"]},
    },
}


def profile(**more: Any) -> Profile:
    """Return the profile, with other values."""
    return Profile.model_validate(CONTENT | more)
