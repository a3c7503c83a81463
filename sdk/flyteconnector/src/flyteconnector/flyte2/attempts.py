"""Which attempt of a task is this, and where does it write?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from flyte.models import ActionID, TaskContext


@dataclass(frozen=True)
class Attempt:
    """One attempt of a task."""

    folder: str
    """Path or URI of the folder that all attempts of this task share, and nobody else."""
    number: int = 0
    """From 0."""

    @property
    def prefix(self) -> str:
        """The attempt's output prefix. As in Flyte 2, its last segment counts attempts from 1."""
        return f"{self.folder}/{self.number + 1}"


_last: WeakKeyDictionary[ActionID, Attempt] = WeakKeyDictionary()


def following(context: TaskContext) -> Attempt:
    """Return the next attempt of the action that ``context`` belongs to.

    The SDK calls a task again for another attempt and does not say so, but with the same ``ActionID`` object, which
    goes when the task has ended. The folder has a random name, because a run's name may come again: a connector would
    take the second run's task for the first one's.
    """
    last = _last.get(context.action)
    if last is None:
        present = Attempt(context.raw_data_path.get_random_remote_path())
    else:
        present = replace(last, number=last.number + 1)
    _last[context.action] = present
    return present
