"""P: does a connection live as long as Flyte 2's client wants?"""

from __future__ import annotations

import threading

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from connector_sanity.dialect import OPTIONS
from connector_sanity.profile import Profile
from connector_sanity.registry import check
from connector_sanity.settings import Settings
from connector_sanity.target import Target

PINGS = 5
"""How many pings are sent. A server with gRPC's defaults hangs up at the fourth: the first is free, and two that come
too early are forgiven. It closes the connection up to a second later."""
P7 = {
    "id": "P7",
    "severity": "M",
    "title": "a call that stays open while the client sends keepalive pings, as Flyte 2's does every 30 s",
    "expects": "no GOAWAY (too_many_pings): a later call on the same connection would fail with UNAVAILABLE",
    "source": "Flyte 2 (main of 2026-08), plugins/webapi/connector/client.go: keepalive 30 s; grpc-go's server "
    "allows one ping "
    "in 5 minutes (measured: it hangs up)",
    "fix": "grpc-go: KeepaliveEnforcementPolicy{MinTime: 15s, PermitWithoutStream: true}; others: "
    "grpc.http2.min_ping_interval_without_data_ms",
}
SECONDS_AT_ONCE = 6.0
"""A check that takes longer is for --slow."""


@check(level="W", **P7)
def test_pings(target: Target, profile: Profile, settings: Settings) -> None:
    every = profile.constants.pings
    seconds = PINGS * every + 0.5
    if seconds > SECONDS_AT_ONCE and not settings.slow:
        pytest.skip(f"takes {seconds:.0f} s with pings every {every:g} s (constants.pings): --slow")
    ended = hold_open(target.address, every, seconds)
    assert ended != "UNIMPLEMENTED", (
        "the connector has no gRPC health service, whose Watch is the call that stays open"
    )
    assert ended == "", (
        f"with a ping every {every:g} s the server ended the call: {ended}; to keep it would be right"
    )


def hold_open(address: str, every: float, seconds: float) -> str:
    """Hold a call open while pings are sent, and return how the server ended it; "" when it did not."""
    pinging = (
        ("grpc.keepalive_time_ms", int(every * 1000)),
        ("grpc.keepalive_timeout_ms", 10_000),
        ("grpc.http2.max_pings_without_data", 0),
    )
    with grpc.insecure_channel(address, options=OPTIONS + pinging) as channel:
        stream = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
        stop = threading.Timer(seconds, stream.cancel)
        stop.start()
        try:
            for _ in stream:
                continue
        except grpc.RpcError as error:
            status, words = error.code(), error.details()  # type: ignore[attr-defined]
            if status == grpc.StatusCode.UNIMPLEMENTED:
                return "UNIMPLEMENTED"
            return "" if status == grpc.StatusCode.CANCELLED else f"{status.name} {words!r}"
        finally:
            stop.cancel()
    return "the stream ended"
