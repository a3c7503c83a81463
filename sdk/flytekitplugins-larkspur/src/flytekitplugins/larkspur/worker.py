"""Which of the workers am I, and how do I pass files on?

Every worker runs the same function with the same inputs. Kubernetes tells each its index, and the plugin
tells it how many there are.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from flytekit import FlyteContextManager
from flytekit.types.directory import FlyteDirectory

from flyteconnector.flyte1 import inside
from larkspur_spec.names import COUNT_VARIABLE, INDEX_VARIABLE


@dataclass(frozen=True)
class Worker:
    """One of the workers of a task."""

    index: int
    """From 0 to ``count - 1``."""
    count: int
    """How many workers the task has."""
    shared_folder: str
    """Path or URI of the folder that all workers of this attempt share."""

    def progress(self, share: float, text: str = "") -> None:
        """Say how far this worker is, from 0 to 1: a line in its log. Worker 0 also shows it in the task's deck,
        while the task runs, if the task has ``enable_deck=True``."""
        inside.progress(share, text, who=f"worker {self.index} of {self.count}: ", in_deck=self.index == 0)

    def share(self, path: str | os.PathLike[str], name: str | None = None) -> None:
        """Upload a local file or folder into the shared folder.

        Args:
            path: What to upload.
            name: What to call it there; by default as it is called here. Two workers should not use the same name.

        Raises:
            FileNotFoundError: There is nothing at ``path``.
        """
        source = Path(path)
        if not source.exists():
            raise FileNotFoundError(
                f"worker {self.index} cannot share {source}: there is no such file or folder"
            )
        access = FlyteContextManager.current_context().file_access
        access.put_data(
            str(source), access.join(self.shared_folder, name or source.name), is_multipart=source.is_dir()
        )

    def shared(self) -> FlyteDirectory:
        """Return the shared folder, to be passed on as an output. It is not uploaded again, nor checked to
        exist."""
        return FlyteDirectory(self.shared_folder, remote_directory=False)


_in_process: ContextVar[Worker | None] = ContextVar("worker", default=None)


def worker() -> Worker:
    """Return who the calling worker is; outside a Job the only one, with index 0."""
    present = _in_process.get()
    if present is not None:
        return present
    access = FlyteContextManager.current_context().file_access
    return Worker(
        index=int(os.environ.get(INDEX_VARIABLE, "0")),
        count=int(os.environ.get(COUNT_VARIABLE, "1")),
        shared_folder=access.join(access.raw_output_prefix, "shared"),
    )


@contextlib.contextmanager
def acting_as(present: Worker) -> Iterator[None]:
    """Make ``worker()`` return ``present``, for a run without a Job."""
    token = _in_process.set(present)
    try:
        yield
    finally:
        _in_process.reset(token)
