"""What does a smoke test need of a Flyte? `Flyte`, which Flyte 1 and Flyte 2 implement, each with its own SDK."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from devkit.smoke_report import SmokeError

FINAL = ("SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT")
LATE = 2.0  # seconds in which an execution may still arrive that was not there


@dataclass(frozen=True)
class Seen:
    """An execution, as Flyte tells of it."""

    phase: str
    """Flyte's own name: QUEUED, RUNNING, one of FINAL."""
    error: str = ""

    @property
    def final(self) -> bool:
        return self.phase in FINAL


class NotThereError(SmokeError):
    """Flyte has no execution of this name.

    Args:
        name: Of the execution.
    """

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Flyte has no execution {name}",
            "somebody has removed it, or Flyte has not taken it",
            "--project and --domain, and Flyte's own log",
        )


class Flyte(Protocol):
    """A project and domain of a Flyte. Each method raises SmokeError when Flyte does not do what it was asked for.

    Attributes:
        endpoint: Where it is, for messages.
        label: Which Flyte gives, with an execution's name, to all that belongs to it, and the connector passes on.
        plain: What it means when a task runs as a plain pod there, and what to look at.
        engine: What its part is called that starts tasks.
    """

    endpoint: str
    label: str
    plain: tuple[str, str]
    engine: str

    def register(self, folder: Path, image: str) -> dict[str, Any]:
        """Register the tasks of the smoke test for an image, with their code, which is in `folder`; return them by the
        function's name, in whatever form `start` takes."""
        ...

    def start(self, task: Any, name: str, inputs: dict[str, Any]) -> None:
        """Start an execution of this name."""
        ...

    def look(self, name: str) -> Seen:
        """Return how far an execution is. Raises NotThereError when there is none."""
        ...

    def outputs(self, name: str) -> dict[str, Any]:
        """Return the outputs of an execution that succeeded, as Python values."""
        ...

    def links(self, name: str) -> dict[str, str]:
        """Return the links that Flyte shows beside the tasks of an execution: address by name."""
        ...

    def page(self, name: str) -> str:
        """Return the address of an execution in Flyte's console."""
        ...

    def abort(self, name: str) -> None:
        """Abort an execution, as a user does."""
        ...


def terminate(flyte: Flyte, name: str) -> bool:
    """Abort an execution; return False where it has ended before, or was never there."""
    deadline = time.monotonic() + LATE
    while True:
        try:
            return not flyte.look(name).final and _abort(flyte, name)
        except NotThereError:
            if time.monotonic() > deadline:
                return False
        time.sleep(0.5)


def _abort(flyte: Flyte, name: str) -> bool:
    try:
        flyte.abort(name)
    except SmokeError:
        if not flyte.look(name).final:  # else it has ended in this moment
            raise
        return False
    return True


def last_words(text: str, at_most: int = 300) -> str:
    """Return an error in one line, its end when it is long: there a traceback has the exception."""
    line = " ".join(text.split())
    return line if len(line) <= at_most else f"… {line[-at_most:]}"


@contextlib.contextmanager
def reported(
    what: str,
    endpoint: str,
    errors: tuple[type[Exception], ...],
    tell: Callable[[Exception], tuple[str, str]],
) -> Iterator[None]:
    """Turn what a call of an SDK raises into a SmokeError; `tell` returns its words, and what to look at then."""
    try:
        yield
    except SmokeError:
        raise
    except errors as error:
        words, look = tell(error)
        raise SmokeError(
            f"{what}: {last_words(words)}",
            f"Flyte at {endpoint} did not do what it was asked for, or nobody answers there",
            look,
        ) from error
