"""What may a user ask for?

The typed twin of ``larkspur.v1.Job``, in the user's words. A wrong value fails where it is written, when
the module is imported: not minutes later in a cluster.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from larkspur_spec.checks import said
from larkspur_spec.rules import obey
from larkspur_spec.v1 import job_pb2


class DoneWhen(enum.Enum):
    """Whose success makes the Job succeed."""

    ALL_WORKERS = job_pb2.DONE_WHEN_ALL_WORKERS
    FIRST_WORKER = job_pb2.DONE_WHEN_FIRST_WORKER
    """Worker 0's; Kubernetes then stops the others."""


# TODO(spec-fields): Replace these fields by those of your message.
@dataclass(frozen=True, kw_only=True)
class Job:
    """Runs a task as an indexed Kubernetes Job.

    Raises:
        TypeError: A value has the wrong type.
        ValueError: A value is out of range.
    """

    completions: int = 1
    """How many workers must succeed, 1 to 10,000. Each has its own index, from 0."""

    parallelism: int | None = None
    """How many workers run at the same time, at most ``completions``; with None, all of them."""

    backoff_limit_per_index: int = 0
    """How often Kubernetes starts one worker again, 0 to 100. Flyte's own retries start the whole task again,
    and both together multiply."""

    max_failed_indexes: int = 0
    """How many workers may be lost before the others are stopped. A Job with a lost worker fails in any case.
    With 0 that is at the first."""

    ttl_seconds_after_finished: int = 600
    """Seconds that the finished Job stays in the cluster, 120 to 30 days. Flyte asks only every 30 seconds,
    and a Job that vanished before it was asked counts as lost."""

    done_when: DoneWhen = DoneWhen.ALL_WORKERS
    """Whose success counts."""

    def __post_init__(self) -> None:
        if not isinstance(self.done_when, DoneWhen):
            right = " or ".join(str(value) for value in DoneWhen)
            raise TypeError(f"{said(self, 'done_when')}: must be {right}")
        obey(self, job_pb2.Job)

    # TODO(spec-fields): Say whose failure the task survives, and send your fields.
    def forgives(self, index: int) -> bool:
        """Whether the Job may still succeed when the worker with this index has failed."""
        others_decide = self.done_when is DoneWhen.FIRST_WORKER and index > 0
        return others_decide or self.backoff_limit_per_index > 0

    def to_proto(self) -> job_pb2.Job:
        """Return the message that travels to the connector: the only way to the wire."""
        return job_pb2.Job(
            completions=self.completions,
            parallelism=self.parallelism,
            backoff_limit_per_index=self.backoff_limit_per_index,
            max_failed_indexes=self.max_failed_indexes,
            ttl_seconds_after_finished=self.ttl_seconds_after_finished,
            done_when=self.done_when.value,
        )
