"""What does a user of this plugin import? ``Job`` to configure a task, ``worker()`` inside it; or ``Spark``."""

# step:pyspark begin
from flytekitplugins.larkspur.spark import SparkTask

# step:pyspark end
from flytekitplugins.larkspur.task import JobTask
from flytekitplugins.larkspur.worker import Worker, worker
from larkspur_spec.config import DoneWhen, Job

# step:pyspark begin
from larkspur_spec.spark import Spark

# step:pyspark end

__all__ = [
    "DoneWhen",
    "Job",
    "JobTask",
    # step:pyspark begin
    "Spark",
    "SparkTask",
    # step:pyspark end
    "Worker",
    "worker",
]
