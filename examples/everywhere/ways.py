"""In how many ways can one task be run? With ``make dev`` in another terminal, also through a connector.

``pyflyte run examples/everywhere/ways.py total --n 3``
"""

from flytekit import dynamic, task, workflow

from flytekitplugins.larkspur import Job, worker


@task(task_config=Job(completions=2), retries=1)
def squares(n: int) -> int:
    """Each worker squares one half; worker 0, whose value counts, returns how many there are."""
    me = worker()
    for i in range(me.index, n, me.count):
        me.progress((i + 1) / n, f"{i} squared is {i * i}")
    return n


@dynamic
def in_a_loop(n: int) -> list[int]:
    """What to write instead of ``map_task``: each call is a Job."""
    return [squares(n=i) for i in range(1, n)]


@task
def add(numbers: list[int]) -> int:
    return sum(numbers)


@workflow
def total(n: int) -> int:
    return add(numbers=in_a_loop(n=n))
