"""I, D, O: what if the API server's answer is lost, late, or no?"""

from __future__ import annotations

import time
from collections.abc import Iterator

import grpc
import pytest

from connector_sanity.breaking import Aside, hits, live, making, names
from connector_sanity.cluster import Cluster, until
from connector_sanity.engine import Flyte, code
from connector_sanity.faults import Fault, Mode
from connector_sanity.plugin import each_flyte
from connector_sanity.profile import Profile
from connector_sanity.proxy import Proxy
from connector_sanity.registry import check, needs
from connector_sanity.sightings import Watcher
from connector_sanity.target import Target

BUSY = ("UNAVAILABLE", "RESOURCE_EXHAUSTED")
LATE = check(
    "D5",
    "F",
    "B",
    "CreateTask whose resource is made too late, or made without an answer",
    expects="no resource of it is left after the reap window, since no DeleteTask can follow",
    source="Flyte 1.16.8 and 2 (main of 2026-08), measured: a failed CreateTask has no resource_meta to delete by",
    fix="when a create ends without an answer, delete by name and uid what has come of it, after the call, too",
)


@check(
    "I6",
    "F",
    "B",
    "the API server makes the resource, and its answer is lost",
    expects="OK to the same CreateTask, and one resource",
    source="client-go 0.36.3, measured: a POST is not repeated after EOF, and the object exists",
    fix="look whether the resource is there when a create ends without an answer, and adopt it if it is yours",
)
@each_flyte
def test_the_answer_to_a_create_is_lost(flyte: Flyte, cluster: Cluster, proxy: Proxy) -> None:
    before, faults = cluster.uids(), making(cluster, Mode.EOF_AFTER)
    proxy.break_(*faults)
    try:
        flyte.create()
    except grpc.RpcError as error:
        raise AssertionError(
            f"CreateTask answered {code(error)} {error.details()!r}; OK would be right"
        ) from error
    assert hits(faults), f"the connector made no {cluster.plural} through the proxy"
    made = cluster.since(before)
    assert len(made) == 1, f"resources {names(made)}; 1 would be right"


@check(
    "I7",
    "F",
    "B",
    "the connector is killed between the API server's create and its answer, and the same CreateTask comes again",
    expects="the resource that is there is adopted: one resource, and the same resource_meta each time",
    source="Flyte 1.16.8, flyteplugins/…/webapi/plugin.go: 'Flyte will call this api at least once'",
    fix="keep nothing in memory that CreateTask needs to find what it made: derive the name from output_prefix",
)
def test_killed_between_create_and_answer(fresh: Target, cluster: Cluster, profile: Profile) -> None:
    assert fresh.proxy is not None
    assert fresh.launched is not None
    before, faults = cluster.uids(), making(cluster, Mode.HOLD)
    with fresh.flyte(profile.dialects[0]) as flyte:
        request = flyte.request()
        fresh.proxy.break_(*faults)
        lost = Aside(flyte.create, request)
        until(lambda: hits(faults), f"CreateTask makes {cluster.plural}")
        fresh.launched.kill()
        fresh.proxy.heal()
        lost.join(15)
        assert lost.answer is None, "the killed connector answered"
        fresh.launched.start()
    with fresh.flyte(profile.dialects[0]) as flyte:  # the engine has a new connection
        metas = {flyte.create(request).meta for _ in range(2)}
        made = cluster.since(before)
        assert len(made) == 1, f"resources {names(made)}; 1 would be right"
        assert len(metas) == 1, f"two answers to the same request: {sorted(metas)}"


@pytest.fixture
def watcher(cluster: Cluster) -> Iterator[Watcher]:
    """What sees a resource that is undone as soon as it is made: whoever asks now and then may not."""
    watcher = Watcher(cluster)
    yield watcher
    watcher.stop()


@LATE
@pytest.mark.parametrize("how", ["late", "lost"])
def test_what_a_failed_create_made_is_undone(
    how: str, flyte: Flyte, cluster: Cluster, proxy: Proxy, profile: Profile, watcher: Watcher
) -> None:
    before, seconds = cluster.uids(), profile.constants.deadline + 1
    late = how == "late"
    faults = (
        making(cluster, Mode.DELAY, seconds=seconds) if late else making(cluster, Mode.EOF_AFTER, times=-1)
    )
    if not late:
        faults = (*faults, Fault(Mode.REFUSE, verb="get", resource=cluster.plural, times=-1))
    proxy.break_(*faults)
    began = time.monotonic()
    try:
        task = flyte.create()
    except grpc.RpcError:
        task = None
    made = until(lambda: hits(faults), f"CreateTask makes {cluster.plural}") and time.monotonic() - began
    if late:
        until(lambda: watcher.since(began), "the late create is done", seconds + 5 - min(made, seconds))
    proxy.heal()
    if task is not None:  # it was told before: the engine can delete it
        needs(not late or made > seconds, "the connector waited longer than its own deadline, and was told")
        return
    until(
        lambda: not live(cluster.since(before)),
        f"CreateTask failed, and what it made is deleted; {names(live(cluster.since(before)))} is left",
        profile.constants.reap,
    )


@check(
    "O5",
    "F",
    "M",
    "the API server answers 429 with Retry-After to everything, for as long as the call lasts",
    expects="UNAVAILABLE or RESOURCE_EXHAUSTED before the connector's own deadline",
    source="client-go 0.36.3, measured: by default it sits Retry-After out until Flyte's 10 s are over",
    fix="give each call a deadline below the engine's 10 s, and answer honestly when it is over",
)
@each_flyte
def test_too_many_requests(flyte: Flyte, cluster: Cluster, proxy: Proxy, profile: Profile) -> None:
    before, limit = cluster.uids(), profile.constants.deadline
    task = flyte.create()
    busy = Fault(Mode.STATUS, status=429, retry_after=1, times=-1)
    proxy.break_(busy)
    for what, call in (("CreateTask", lambda: flyte.create()), ("DeleteTask", lambda: flyte.delete(task))):
        began = time.monotonic()
        with pytest.raises(grpc.RpcError) as refused:
            call()
        took = time.monotonic() - began
        assert code(refused.value) in BUSY, (
            f"{what}: {code(refused.value)}; {' or '.join(BUSY)} would be right"
        )
        assert took <= limit, f"{what} took {took:.1f} s; at most {limit:.1f} s would be right"
    proxy.heal()
    flyte.delete(task)
    until(lambda: not live(cluster.since(before)), "all is gone after the storm", profile.constants.reap)
