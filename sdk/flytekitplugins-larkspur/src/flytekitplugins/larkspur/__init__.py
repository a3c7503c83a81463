"""What does a user of this plugin import? What configures a task, and what it may ask for inside."""

# step:pyspark begin
from flytekitplugins.larkspur.spark import SparkTask

# step:pyspark end
# part:job begin
from flytekitplugins.larkspur.task import JobTask
from flytekitplugins.larkspur.worker import Worker, worker
from larkspur_spec.config import DoneWhen, Job

# part:job end
# step:pyspark begin
from larkspur_spec.spark import Spark

# step:pyspark end

__all__ = [
    # part:job begin
    "DoneWhen",
    "Job",
    "JobTask",
    # part:job end
    # step:pyspark begin
    "Spark",
    "SparkTask",
    # step:pyspark end
    # part:job begin
    "Worker",
    "worker",
    # part:job end
]
