"""What does the user see while a task runs elsewhere?

Lines on standard error that stay, with and without a terminal. flytekit's own progress bar erases itself, and
prints nothing at all without a terminal.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple


class Link(NamedTuple):
    """A link that the connector offers, for example to a log."""

    name: str
    uri: str


@dataclass(frozen=True)
class Event:
    """A change that the connector reported: another phase, or a link that was not there before."""

    task: str
    """The task's full name."""
    phase: str
    """A name of Flyte's ``TaskExecution.Phase``, for example ``RUNNING``."""
    message: str
    """What the connector says about it; may be empty."""
    links: tuple[Link, ...]
    """Every link known so far."""
    seconds: float
    """Since ``CreateTask`` was sent."""
    resource_name: str
    """Name of the resource in the cluster; empty where the connector's metadata does not tell."""
    attempt: int = 0
    """From 0; a task with retries may have several."""


Listener = Callable[[Event], None]
_listeners: list[Listener] = []


def listen(callback: Listener) -> Callable[[], None]:
    """Call ``callback`` with every event, from the thread that runs the task; return a function that ends
    this.

    An exception that the callback raises ends the run, and the connector is told to delete the task.
    """
    _listeners.append(callback)
    return lambda: _listeners.remove(callback)


def say(line: str) -> None:
    """Print one line of progress, in one piece: print() writes the end of the line by itself, and tasks that run
    side by side would share a line."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def resource_name(resource_meta: bytes) -> str:
    """Return the resource's name, where the metadata is JSON that has it under ``n``; else an empty
    string."""
    try:
        meta = json.loads(resource_meta)
    except ValueError:
        return ""
    return str(meta.get("n", "")) if isinstance(meta, dict) else ""


def phase_name(resource: Any) -> str:
    """Return the name of a ``Resource``'s phase; the message may be of either Flyte."""
    phases = resource.DESCRIPTOR.fields_by_name["phase"].enum_type.values_by_number
    return phases[resource.phase].name if resource.phase in phases else str(resource.phase)


class Reporter:
    """Compares each answer of ``GetTask`` with the one before, and reports what is new."""

    def __init__(self, task: str, attempt: int = 0) -> None:
        self._task = task
        self._attempt = attempt
        self._started = time.monotonic()
        self._phase = ""
        self._links: tuple[Link, ...] = ()

    def report(self, resource: Any, resource_meta: bytes) -> None:
        """Print a line for a new phase and for each new link, and tell the listeners."""
        phase = phase_name(resource)
        links = tuple(Link(link.name, link.uri) for link in resource.log_links)
        new_links = [link for link in links if link not in self._links]
        if phase == self._phase and not new_links:
            return
        seconds = time.monotonic() - self._started
        if phase != self._phase:
            say(
                f"[{seconds:6.1f}s] {self._task} {phase}"
                + (f": {resource.message}" if resource.message else "")
            )
        for link in new_links:
            say(f"[{seconds:6.1f}s] {self._task} link {link.name}: {link.uri}")
        self._phase, self._links = phase, links or self._links
        name = resource_name(resource_meta)
        event = Event(self._task, phase, resource.message, self._links, seconds, name, self._attempt)
        for listener in _listeners.copy():
            listener(event)
