"""Which names does the Python side share with the plugin in Go? Each is spelled once here, and tests compare them."""

# What Flyte's configuration and the connector call this kind of task. Flyte lower-cases names: so do we.
# part:job begin
TASK_TYPE = "larkspur_job"
INDEX_VARIABLE = "JOB_COMPLETION_INDEX"  # set by Kubernetes in every pod of an indexed Job
COUNT_VARIABLE = "LARKSPUR_WORKER_COUNT"  # set by BuildResource, so: our plugin started this pod
# part:job end
# step:pyspark begin
SPARK_TASK_TYPE = "larkspur_spark"
SPARK_VARIABLE = "LARKSPUR_SPARK"  # set in the pods of a SparkApplication, to "driver" or "executor"
# step:pyspark end
