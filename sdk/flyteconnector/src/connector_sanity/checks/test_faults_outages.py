"""L, P: what does the engine hear while the API server is away?"""

from __future__ import annotations

import time

import grpc
import pytest

from connector_sanity.begin import begin
from connector_sanity.checks.test_protocol import P1, look_at_the_list
from connector_sanity.cluster import Cluster
from connector_sanity.engine import LIFE_BUDGET, Flyte, code
from connector_sanity.faults import Fault, Mode
from connector_sanity.operator import Operator
from connector_sanity.profile import Profile
from connector_sanity.proxy import Proxy
from connector_sanity.registry import check
from connector_sanity.target import Target

OUTAGES = 6
REAL = 60.0
"""Seconds of an outage with --slow."""
AWAY = check(
    "L9",
    "F",
    "B",
    "the API server is away six times in the life of one task, and the engine polls each time",
    expects=f"at most {LIFE_BUDGET} errors of GetTask in all; afterwards the truth again",
    source="Flyte 1.16.8 and 2 (main of 2026-08), flyteplugins/…/webapi/cache.go, measured with its packages: the "
    "sixth error in a task's whole life stops its polls for good",
    fix="answer GetTask from a cache that a watch fills, and say in the message how old it is",
)


def outages(fresh: Target, cluster: Cluster, operator: Operator, seconds: float) -> None:
    """Let the API server be away, and raise AssertionError when the task's polls would have stopped for good."""
    assert fresh.proxy is not None
    with fresh.flyte(fresh.settings.profile.dialects[0]) as flyte:
        task, it = begin(flyte, cluster)
        operator.play(it, "running")
        flyte.wait(task, fresh.settings.profile.states["running"].phase)
        errors: list[str] = []
        for number in range(OUTAGES):
            away(fresh.proxy, number)
            time.sleep(seconds)
            errors += poll(flyte, task.meta)
            fresh.proxy.heal()
        assert len(errors) <= LIFE_BUDGET, (
            f"{len(errors)} polls failed ({', '.join(sorted(set(errors)))}); with {LIFE_BUDGET + 1} the engine asks no "
            f"more, and the task is RUNNING for ever"
        )
        operator.play(it, "succeeded")
        flyte.wait(task, fresh.settings.profile.states["succeeded"].phase, 60)


def away(proxy: Proxy, number: int) -> None:
    """Begin an outage: of the connection, or one that the API server tells."""
    told = Fault(Mode.STATUS, status=503, times=-1)
    proxy.break_(told if number % 2 else Fault(Mode.REFUSE, times=-1))
    proxy.cut()


def poll(flyte: Flyte, meta: bytes) -> list[str]:
    """Ask twice, as the engine does in a minute, and return the codes of what failed."""
    failed = []
    for _ in range(2):
        try:
            flyte.get(meta)
        except grpc.RpcError as error:
            failed.append(code(error))
    return failed


@AWAY
def test_six_short_outages(fresh: Target, cluster: Cluster, operator: Operator) -> None:
    outages(fresh, cluster, operator, 0.1)


@AWAY
@pytest.mark.slow
def test_six_minutes_of_outage(fresh: Target, cluster: Cluster, operator: Operator) -> None:
    outages(fresh, cluster, operator, REAL)


@check(level="F", **P1)
def test_the_list_while_the_api_server_is_away(fresh: Target, profile: Profile) -> None:
    assert fresh.proxy is not None
    fresh.proxy.break_(Fault(Mode.REFUSE, times=-1))
    fresh.proxy.cut()
    for dialect in profile.dialects:
        with fresh.flyte(dialect) as flyte:
            look_at_the_list(flyte)
