"""I: does the same task, created again, stay one task, and does another become another?"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from connector_sanity.begin import begin
from connector_sanity.cluster import Cluster
from connector_sanity.engine import Flyte
from connector_sanity.operator import Operator
from connector_sanity.plugin import each_flyte
from connector_sanity.registry import check
from connector_sanity.target import Target

AT_ONCE = 20


@check(
    "I1",
    "K",
    "B",
    "the same CreateTask, ten times in sequence",
    expects="byte-identical resource_meta, and one resource",
    source="Flyte 1.16.8, flyteplugins/…/pluginmachinery/webapi/plugin.go: 'Flyte will call this api at least once'",
    fix="derive the resource's name from a hash of output_prefix, and adopt what exists under that name if it is yours",
)
@each_flyte
def test_ten_times_in_sequence(flyte: Flyte, cluster: Cluster) -> None:
    before, request = cluster.uids(), flyte.request()
    metas = {flyte.create(request).meta for _ in range(10)}
    one(cluster, before)
    assert len(metas) == 1, f"{len(metas)} different answers to the same request: {sorted(metas)}"


@pytest.fixture(scope="module")
def replica(target: Target) -> Iterator[Target]:
    """Another connector of the same kind; the same one where the kit did not start it."""
    if target.launched is None:
        yield target
        return
    with target.replica("b") as second:
        yield second


@check(
    "I2",
    "K",
    "B",
    "the same CreateTask, twenty times at once, over two replicas where the kit starts the connector",
    expects="byte-identical resource_meta, and one resource",
    source="Flyte 1.16.8, webapi/plugin.go as for I1; every replica gets calls: the engine's client is round_robin",
    fix="let the API server decide which create is first: one name, and adopt on AlreadyExists; keep nothing in memory",
)
@each_flyte
def test_twenty_times_at_once(flyte: Flyte, target: Target, replica: Target, cluster: Cluster) -> None:
    before, request = cluster.uids(), flyte.request()
    with replica.flyte(flyte.dialect.number) as other, ThreadPoolExecutor(AT_ONCE) as pool:
        engines = [(flyte, other)[number % 2] for number in range(AT_ONCE)]
        metas = {task.meta for task in pool.map(lambda engine: engine.create(request), engines)}
        one(cluster, before)
    assert len(metas) == 1, f"{len(metas)} different answers to the same request: {sorted(metas)}"


def one(cluster: Cluster, before: set[str]) -> None:
    """Raise AssertionError unless there is one resource more than before."""
    made = sorted(each["metadata"]["name"] for each in cluster.since(before))
    assert len(made) == 1, f"{len(made)} resources: {made}; 1 would be right"


@check(
    "I3",
    "K",
    "B",
    "the same TaskExecutionIdentifier with another output prefix, and the same folder with the next attempt",
    expects="another resource with another name each time",
    source="Flyte 1.16.8: nodes of sub-workflows, dynamic and array nodes repeat node ids within an execution, and the "
    "engine's unique name is not sent (pluginmachinery/core/exec_metadata.go, GetGeneratedName)",
    fix="take output_prefix for the identity of an attempt, and nothing else",
)
@each_flyte
def test_another_attempt_is_another_resource(flyte: Flyte, cluster: Cluster) -> None:
    execution = flyte.request().task_execution_metadata.task_execution_id.node_execution_id.execution_id.name
    seen = {}
    for what, case, attempt in (
        ("a task", "a", 0),
        ("one in a sub-workflow", "b", 0),
        ("its second attempt", "b", 1),
    ):
        task, it = begin(flyte, cluster, case=case, attempt=attempt, execution=execution)
        name = it["metadata"]["name"]
        assert name not in seen, f"{what} ({task.prefix}) and {seen[name]} have the same name {name}"
        seen[name] = f"{what} ({task.prefix})"


@check(
    "I8",
    "K",
    "B",
    "CreateTask again, after the resource has finished",
    expects="the same resource_meta, GetTask says how it ended, and nothing runs a second time",
    source="flyteorg/flyte issue 6577 (two resources for one execution): a restarted engine repeats its creates",
    fix="adopt a finished resource, too; do not make a new one because the old one is over",
)
@each_flyte
def test_again_after_the_end(flyte: Flyte, cluster: Cluster, operator: Operator) -> None:
    task, it = begin(flyte, cluster)
    operator.play(it, "succeeded")
    flyte.wait(task, ["SUCCEEDED"])
    before = cluster.uids()
    again = flyte.create(task.request)
    more = [each["metadata"]["name"] for each in cluster.since(before)]
    assert not more, f"the task is over, and runs a second time as {more}"
    assert again.meta == task.meta, f"another answer after the end: {again.meta!r}, before: {task.meta!r}"
    flyte.wait(again, ["SUCCEEDED"])
