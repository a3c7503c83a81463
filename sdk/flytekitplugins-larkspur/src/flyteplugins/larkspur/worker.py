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

import flyte
from flyte import storage
from flyte.io import Dir
from flyte.syncify import syncify

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

    @syncify
    async def share(self, path: str | os.PathLike[str], name: str | None = None) -> None:
        """Upload a local file or folder into the shared folder; in a coroutine, ``await share.aio(path)``.

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
        if not storage.is_remote(self.shared_folder):
            Path(self.shared_folder).mkdir(parents=True, exist_ok=True)
        target = storage.join(self.shared_folder, name or source.name)
        await storage.put(str(source), target, recursive=source.is_dir())

    def shared(self) -> Dir:
        """Return the shared folder, to be passed on as an output. It is not uploaded again, nor checked to
        exist."""
        return Dir.from_existing_remote(self.shared_folder)


_in_process: ContextVar[Worker | None] = ContextVar("worker", default=None)


def worker() -> Worker:
    """Return who the calling worker is; outside a Job the only one, with index 0."""
    present = _in_process.get()
    if present is not None:
        return present
    context = flyte.ctx()
    return Worker(
        index=int(os.environ.get(INDEX_VARIABLE, "0")),
        count=int(os.environ.get(COUNT_VARIABLE, "1")),
        shared_folder=storage.join(context.raw_data_path.path, "shared") if context else "shared",
    )


@contextlib.contextmanager
def acting_as(present: Worker) -> Iterator[None]:
    """Make ``worker()`` return ``present``, for a run without a Job."""
    token = _in_process.set(present)
    try:
        yield
    finally:
        _in_process.reset(token)
