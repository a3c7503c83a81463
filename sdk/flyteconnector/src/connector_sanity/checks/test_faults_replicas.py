"""O, E: are several connectors as good as one, while one of them is restarted, killed, or of another version?"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator

import grpc
import pytest

from connector_sanity.begin import begin, ending
from connector_sanity.breaking import live, names
from connector_sanity.cluster import Cluster, until
from connector_sanity.dialect import DIALECTS, OPTIONS
from connector_sanity.engine import TERMINAL_FAILURES, Flyte, code
from connector_sanity.operator import Operator
from connector_sanity.profile import Profile
from connector_sanity.registry import check
from connector_sanity.target import Target

RATE, CALLERS = 50, 4
"""Calls a second in all, and how many make them."""
TURNS = "round_robin"
"""Flyte 1.16.8, flyteplugins/go/tasks/plugins/webapi/agent/config.go: defaultServiceConfig."""
BACKOFF = tuple((f"grpc.{which}_reconnect_backoff_ms", most) for which, most in
                (("initial", 100), ("min", 100), ("max", 500)))  # fmt: skip
"""gRPC's own is 1 s and more each time: after a slow start, the other replica would be stopped before it is back."""


@pytest.fixture
def three(fresh: Target, cluster: Cluster) -> Iterator[list[Target]]:
    """Three connectors for the same namespace, each behind a proxy of its own."""
    with fresh.replica("b") as second, fresh.replica("c") as third:
        yield [fresh, second, third]


@check(
    "O3",
    "F",
    "B",
    "create at one connector, get at a second, delete at a third; each in turn is killed",
    expects="the same answers from any of them",
    source="Flyte 1.16.8 and 2: each call goes to another replica (round_robin), and none hears of the others",
    fix="keep no state in the process: everything is in resource_meta and in the resource; no leader, no lock",
)
@pytest.mark.parametrize("victim", [0, 1, 2], ids=["creator-killed", "asked-killed", "deleter-killed"])
def test_any_connector_will_do(
    three: list[Target], victim: int, cluster: Cluster, operator: Operator, profile: Profile
) -> None:
    dialect, launched = profile.dialects[0], three[victim].launched
    assert launched is not None
    with (
        three[0].flyte(dialect) as first,
        three[1].flyte(dialect) as second,
        three[2].flyte(dialect) as third,
    ):
        task, it = begin(first, cluster)
        launched.kill()
        left = [flyte for number, flyte in enumerate((first, second, third)) if number != victim]
        operator.play(it, "running")
        for flyte in left:
            flyte.wait(task, profile.states["running"].phase)
        assert left[0].create(task.request).meta == task.meta, (
            "another connector answers the same create differently"
        )
        left[1].delete(task)
        until(lambda: ending(cluster, it), "what one connector made is deleted by another")
        for flyte in left:
            flyte.wait(task, TERMINAL_FAILURES)


@check(
    "O2",
    "F",
    "M",
    f"a rolling restart of two connectors under {RATE} calls a second",
    expects="no failed call; each ends with exit code 0 within its grace time",
    source="Flyte 1.16.8 and 2: a call is not repeated by default (flyteorg/flyte pull request 7458)",
    fix="on SIGTERM turn health to NOT_SERVING, take no new connections, finish what runs, and exit 0",
)
def test_a_rolling_restart(fresh: Target, cluster: Cluster, profile: Profile) -> None:
    before = cluster.uids()
    with fresh.replica("b") as second:
        replicas = [fresh, second]
        addresses = ",".join(each.address for each in replicas)
        load = Load(f"ipv4:{addresses}", fresh, profile)
        for each in replicas:
            assert each.launched is not None
            time.sleep(0.5)
            exit_code = each.launched.stop()
            assert exit_code == 0, (
                f"after SIGTERM the connector ended with {exit_code} (None: it was killed after "
                f"{each.launched.start_how.grace_seconds:.0f} s); 0 would be right"
            )
            each.launched.start()
            time.sleep(2.0)  # the client has connected again
        failed = load.stop()
    assert not failed, (
        f"{len(failed)} of {load.calls} calls failed: {', '.join(sorted(set(failed)))}; 0 would be right"
    )
    until(
        lambda: not live(cluster.since(before)),
        f"all is deleted; {names(live(cluster.since(before)))} is left",
    )


class Load:
    """Creates, asks and deletes through a client that takes two connectors in turn."""

    def __init__(self, address: str, target: Target, profile: Profile) -> None:
        settings = target.settings
        self._flyte = Flyte(DIALECTS[profile.dialects[0]], address, profile, settings.run, profile.namespace)
        self._flyte.channel.close()
        service = json.dumps({"loadBalancingConfig": [{TURNS: {}}]})
        options = (*OPTIONS, *BACKOFF, ("grpc.service_config", service))
        self._flyte.channel = grpc.insecure_channel(address, options=options)
        self._flyte.stub = self._flyte.dialect.stub(self._flyte.channel)
        self.calls, self._failed, self._over = 0, list[str](), threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(CALLERS)]
        for thread in self._threads:
            thread.start()

    def _work(self) -> None:
        while not self._over.is_set():
            try:
                task = self._flyte.create()
                for _ in range(8):
                    self._pause()
                    self._flyte.get(task)
                self._pause()
                self._flyte.delete(task)
                self._pause()
            except grpc.RpcError as error:
                self._failed.append(f"{code(error)} {str(error.details())[:120]!r}")  # type: ignore[attr-defined]

    def _pause(self) -> None:
        self.calls += 1
        time.sleep(CALLERS / RATE)

    def stop(self) -> list[str]:
        """End the calls, and return what failed."""
        self._over.set()
        for thread in self._threads:
            thread.join(30)
        self._flyte.close()
        return self._failed
