"""O1: do probes learn the truth, also while there is no API server?"""

from __future__ import annotations

import time

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from connector_sanity.checks.test_protocol import NOBODY, look_at_the_list
from connector_sanity.cluster import Cluster, until
from connector_sanity.dialect import OPTIONS
from connector_sanity.engine import Flyte, code
from connector_sanity.launch import Launched
from connector_sanity.plugin import each_flyte
from connector_sanity.proxy import Fault, Mode
from connector_sanity.registry import check, needs
from connector_sanity.target import Target

WITHOUT = 1.0
"""Seconds without an API server, in which a connector that depends on it would have said so, or ended."""
O1 = {
    "id": "O1",
    "severity": "M",
    "title": "gRPC's health service, for everything and for each service, also while the API server is away at "
    "the start and "
    "later",
    "expects": "SERVING once the cluster is known and not before; alive, and able to tell its task types, all the time",
    "source": "Flyte's chart for connectors probes gRPC's health service; a task of a type that nobody names "
    "runs as a plain pod "
    "(Flyte 1.16.8 and 2)",
    "fix": 'set the health of "" and of each service to SERVING when the caches are filled; let the liveness '
    "probe ask for "
    "something that does not depend on the API server",
}


def health(address: str, service: str = "") -> str:
    """Return what the health service says of a service: a state, or the code of its error."""
    with grpc.insecure_channel(address, options=OPTIONS) as channel:
        try:
            asked = health_pb2.HealthCheckRequest(service=service)
            state = health_pb2_grpc.HealthStub(channel).Check(asked, timeout=2).status
        except grpc.RpcError as error:
            return code(error)
    return str(health_pb2.HealthCheckResponse.ServingStatus.Name(state))


@check(level="W", **O1)
@each_flyte
def test_health_of_each_service(flyte: Flyte) -> None:
    for service in ("", flyte.dialect.service_name, flyte.dialect.metadata_name):
        said = health(flyte.address, service)
        assert said == "SERVING", (
            f"{flyte}: the health of service {service!r} is {said}; SERVING would be right"
        )
    said = health(flyte.address, NOBODY)
    assert said == "NOT_FOUND", f"the health of service {NOBODY!r} is {said}; NOT_FOUND would be right"


@pytest.fixture
def deserted(fresh: Target) -> Launched:
    """A connector that is started while its API server refuses every connection."""
    assert fresh.launched is not None
    assert fresh.proxy is not None
    fresh.launched.stop()
    desert(fresh)
    fresh.launched.start(wait=False)
    return fresh.launched


def desert(target: Target) -> None:
    """Take the API server away from a connector."""
    assert target.proxy is not None
    target.proxy.break_(Fault(Mode.REFUSE, times=-1))
    target.proxy.cut()


def alive(launched: Launched, service: str) -> None:
    """Raise AssertionError where the process has ended, or a liveness probe would end it."""
    assert launched.running(), f"without an API server the connector ends: {launched.log()[-500:]}"
    if service:
        said = health(launched.address, service)
        assert said == "SERVING", (
            f"without an API server the health of {service!r}, for liveness, is {said}; SERVING would be right"
        )


@check(level="F", **O1)
def test_without_an_api_server_at_the_start(fresh: Target, deserted: Launched, cluster: Cluster) -> None:
    profile = fresh.settings.profile
    until(
        lambda: health(deserted.address, NOBODY) != "UNAVAILABLE",
        "the connector listens without an API server",
    )
    began = time.monotonic()
    while time.monotonic() - began < WITHOUT:
        said = health(deserted.address)
        assert said != "SERVING", (
            "the health is SERVING before the API server was ever seen; NOT_SERVING would be right"
        )
        time.sleep(0.1)
    alive(deserted, profile.liveness)
    for dialect in profile.dialects:
        with fresh.flyte(dialect) as flyte:
            look_at_the_list(flyte)
    assert fresh.proxy is not None
    fresh.proxy.heal()
    seconds = profile.start.ready_seconds if profile.start else 30
    until(
        lambda: health(deserted.address) == "SERVING",
        "the health is SERVING after the API server came back",
        seconds,
    )


@check(level="F", **O1)
def test_without_an_api_server_later(fresh: Target, cluster: Cluster) -> None:
    launched, profile = fresh.launched, fresh.settings.profile
    assert launched is not None
    needs(launched.healthy(), "the connector has no health service")
    desert(fresh)
    time.sleep(WITHOUT)
    alive(launched, profile.liveness)
    for dialect in profile.dialects:
        with fresh.flyte(dialect) as flyte:
            look_at_the_list(flyte)
