"""What does a smoke test promise? Each check by its name, and the task that it needs."""

from __future__ import annotations

from smoke_agreed import WORKERS

from devkit.smoke_report import Check, Report

PLAIN_POD = "no plain pod"
PROMISED = {  # check -> the task that it needs, and what it promises
    "kubernetes": ("", "what Flyte starts can be seen"),
    "register": ("", "Flyte takes the tasks and their code"),
    "result": ("result", f"{WORKERS} workers compute a result together"),
    "resource": ("result", "the task is a custom resource, with its pods"),
    PLAIN_POD: ("result", "nothing runs as a plain pod"),
    "links": ("result", "Flyte shows a link to each worker's log"),
    "error": ("error", "a user reads the words of the exception"),
    "abort": ("abort", "an abort removes resource and pods"),
    "nothing left": ("", "executions have ended, resources are removed"),
}


def report(about: dict[str, str], only: list[str]) -> Report:
    """Return a report in which no check has been tried yet: all, or those of some tasks."""
    wanted = [
        Check(name, text) for name, (task, text) in PROMISED.items() if not task or not only or task in only
    ]
    return Report(about, wanted)
