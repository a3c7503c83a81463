"""Which task of Flyte 2 is written as a wire fixture? One with everything set, as ``wire.maximal`` has it."""

from __future__ import annotations

from datetime import timedelta

import flyte

from flyteplugins.larkspur import DoneWhen, Job

env = flyte.TaskEnvironment(
    name="wire2",
    plugin_config=Job(
        completions=4,
        parallelism=2,
        backoff_limit_per_index=1,
        max_failed_indexes=3,
        ttl_seconds_after_finished=3600,
        done_when=DoneWhen.FIRST_WORKER,
    ),
    image="registry.example.com/flights:v1",
    resources=flyte.Resources(cpu=("500m", "1"), memory=("256Mi", "512Mi")),
    env_vars={"GREETING": "hello"},
    secrets=[flyte.Secret(key="password", group="warehouse", as_env_var="WAREHOUSE_PASSWORD")],
    interruptible=True,
)


@env.task(retries=2, timeout=timedelta(minutes=30))
async def maximal(n: int, name: str) -> tuple[int, str]:
    return n, name
