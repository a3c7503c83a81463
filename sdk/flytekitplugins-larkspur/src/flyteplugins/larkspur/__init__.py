"""What does a user of Flyte 2 import? ``Job`` to configure a task environment, ``worker()`` inside its tasks."""

from flyteplugins.larkspur.task import JobTask
from flyteplugins.larkspur.worker import Worker, worker
from larkspur_spec.config import DoneWhen, Job

__all__ = ["DoneWhen", "Job", "JobTask", "Worker", "worker"]
