"""A Flyte task that runs as four workers: what `make try` shows you."""

from flytekit import Resources, task

from flytekitplugins.larkspur import Job, worker


@task(
    task_config=Job(completions=4, parallelism=2),
    container_image="larkspur/task:local",
    requests=Resources(cpu="500m", mem="256Mi"),
)
def count(rows: int) -> int:
    me = worker()
    return len(range(me.index, rows, me.count))
