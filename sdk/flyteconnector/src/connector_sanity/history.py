"""What happened, in which order? The calls of the engines, for the invariants."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Event:
    """One call and its answer, which is an exception when it failed."""

    at: float
    method: str
    request: Any
    answer: Any


class History:
    """Grows from several threads."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._lock = threading.Lock()

    def note(self, method: str, request: Any, answer: Any) -> None:
        """Keep a call."""
        with self._lock:
            self.events.append(Event(time.monotonic(), method, request, answer))
