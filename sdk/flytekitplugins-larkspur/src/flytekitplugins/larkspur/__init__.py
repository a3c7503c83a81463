"""What does a user of this plugin import? ``Job`` to configure a task, ``worker()`` inside it."""

from flytekitplugins.larkspur.task import JobTask
from flytekitplugins.larkspur.worker import Worker, worker
from larkspur_spec.config import DoneWhen, Job

__all__ = ["DoneWhen", "Job", "JobTask", "Worker", "worker"]
