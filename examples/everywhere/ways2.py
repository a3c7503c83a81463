"""The same task for Flyte 2: what is different?

``flyte run --local examples/everywhere/ways2.py total --n 3``
"""

import asyncio

import flyte

from flyteplugins.larkspur import Job, worker

pair = flyte.TaskEnvironment(name="pair", plugin_config=Job(completions=2), image="larkspur/task:local")
driver = flyte.TaskEnvironment(name="driver", depends_on=[pair])


@pair.task(retries=1)
async def squares(n: int) -> int:
    """Each worker squares one half; worker 0, whose value counts, returns how many there are."""
    me = worker()
    for i in range(me.index, n, me.count):
        print(f"worker {me.index} of {me.count}: {i} squared is {i * i}", flush=True)
    return n


@driver.task
async def total(n: int) -> int:
    """Call the task for several numbers at the same time: in Flyte 2, a workflow is a task that calls tasks."""
    return sum(await asyncio.gather(*(squares(i) for i in range(1, n))))
