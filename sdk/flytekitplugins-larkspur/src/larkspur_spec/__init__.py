"""What may a user ask for? The same for tasks of flytekit and of Flyte 2's SDK, so it imports neither."""

from larkspur_spec.config import DoneWhen, Job

# step:pyspark begin
from larkspur_spec.spark import Spark

# step:pyspark end

__all__ = [
    "DoneWhen",
    "Job",
    # step:pyspark begin
    "Spark",
    # step:pyspark end
]
