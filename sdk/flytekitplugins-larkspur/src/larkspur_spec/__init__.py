"""What may a user ask for? The same for tasks of flytekit and of Flyte 2's SDK, so it imports neither."""

# part:job begin
from larkspur_spec.config import DoneWhen, Job

# part:job end
# step:pyspark begin
from larkspur_spec.spark import Spark

# step:pyspark end

__all__ = [
    # part:job begin
    "DoneWhen",
    "Job",
    # part:job end
    # step:pyspark begin
    "Spark",
    # step:pyspark end
]
