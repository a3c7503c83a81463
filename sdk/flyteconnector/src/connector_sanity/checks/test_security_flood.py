"""S: does one tenant suffer from another, who creates many tasks at once?"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import grpc

from connector_sanity.begin import begin
from connector_sanity.cluster import Cluster
from connector_sanity.engine import DEADLINE, Flyte, code
from connector_sanity.operator import Operator
from connector_sanity.registry import check
from connector_sanity.rendering import rendered
from connector_sanity.target import Target

S9 = {
    "id": "S9",
    "severity": "M",
    "title": "one tenant creates 200 tasks at once while another polls",
    "expects": "99 of 100 polls are answered within a second; each create is answered; the memory is bounded",
    "source": "Flyte 1.16.8 and 2: 10 polls a second of all tenants together, from one engine (measured)",
    "fix": "answer GetTask without the API server, and let creates wait for each other, not polls for creates",
}
FLOOD = 200
GROWTH = 256 << 20  # bytes
SLOW = 1.0  # seconds


@check(level="K", **S9)
def test_a_flood_beside_a_poll(target: Target, flyte: Flyte, cluster: Cluster, operator: Operator) -> None:
    task, it = begin(flyte, cluster)
    operator.play(it, "running")
    flyte.wait(task, ("RUNNING",))
    size = memory(target)
    with target.flyte(flyte.dialect.number) as other:
        poller = Poller(flyte, task)
        metas = flood(other)
        waits = poller.stop()
        grown = memory(target) - size
        drain(other, metas)
    late = sorted(waits)[int(len(waits) * 0.99)]
    assert late < SLOW, (
        f"of {len(waits)} polls beside {FLOOD} creates, 1 of 100 took {late:.1f} s; 1 s would be right"
    )
    assert grown < GROWTH, f"{FLOOD} creates at once took {grown >> 20} MiB of memory"


class Poller(threading.Thread):
    """Polls a task until it is stopped, and measures each answer."""

    def __init__(self, flyte: Flyte, task: Any) -> None:
        super().__init__(daemon=True)
        self._call = lambda: flyte.get(task)
        self._done, self._waits = threading.Event(), list[float]()
        self.start()

    def run(self) -> None:
        """Poll."""
        while not self._done.wait(0.005):
            began = time.monotonic()
            self._call()
            self._waits.append(time.monotonic() - began)

    def stop(self) -> list[float]:
        """End, and return the seconds that each poll took; raises AssertionError when one failed."""
        alive = self.is_alive()
        self._done.set()
        self.join()
        assert alive and self._waits, "a poll failed while another tenant created tasks"
        return self._waits


def flood(flyte: Flyte) -> list[bytes]:
    """Create many tasks at once; a connector may turn some of them away, in words for that."""
    calls = [flyte.stub.CreateTask.future(rendered(flyte.request()), timeout=DEADLINE) for _ in range(FLOOD)]
    metas = []
    for call in calls:
        try:
            metas.append(bytes(call.result().resource_meta))
        except grpc.RpcError as error:
            busy = code(error) in ("RESOURCE_EXHAUSTED", "UNAVAILABLE")
            assert busy, f"one of {FLOOD} creates at once: {code(error)} {error.details()!r}"  # type: ignore[attr-defined]
    assert metas, f"none of {FLOOD} creates at once has worked"
    return metas


def drain(flyte: Flyte, metas: list[bytes]) -> None:
    """Delete the tasks at once."""
    request, category = flyte.dialect.messages.DeleteTaskRequest, flyte.category()
    calls = [
        flyte.stub.DeleteTask.future(request(resource_meta=meta, task_category=category), timeout=DEADLINE)
        for meta in metas
    ]
    for call in calls:
        call.exception()


def memory(target: Target) -> int:
    """Return the connector's resident memory in bytes; 0 where the kit has not started it."""
    if target.launched is None:
        return 0
    status = Path(f"/proc/{target.launched.pid}/statm")
    return int(status.read_text(encoding="ascii").split()[1]) * 4096 if status.exists() else 0
