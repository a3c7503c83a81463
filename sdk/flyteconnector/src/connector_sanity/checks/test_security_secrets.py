"""S: do a user's values stay where they are needed? Logs and errors are read by more people than the task."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import grpc

from connector_sanity import asking
from connector_sanity.breaking import making
from connector_sanity.cluster import Cluster
from connector_sanity.engine import Flyte
from connector_sanity.faults import Fault, Mode
from connector_sanity.plugin import each_flyte
from connector_sanity.registry import check, needs
from connector_sanity.target import Target

S6 = {
    "id": "S6",
    "severity": "B",
    "title": "secrets in the environment, inputs, `custom` and connection, while every call fails in every way",
    "expects": "none of them in the log, in a gRPC error, in a message of GetTask or in an event; inputs and "
    "connection not in the resource either",
    "source": "flytekit e96c720, connector_service.py: errors carry the whole traceback",
    "fix": "never log a request or a resource; name the field that is wrong, and do not quote its value",
}
BRIEF = 0.25
"""Seconds that Flyte waits here: the connector must not need its whole deadline for each way to fail."""


def ways(cluster: Cluster) -> list[tuple[Fault, ...]]:
    """Return how the API server can fail; a fault counts, so each is used once."""
    statuses = ({"status": 500}, {"status": 403}, {"status": 422}, {"status": 429, "retry_after": 1})
    return [
        *(making(cluster, Mode.STATUS, times=-1, **each) for each in statuses),
        making(cluster, Mode.REFUSE, times=-1),
        making(cluster, Mode.EOF_AFTER),
        (Fault(Mode.STATUS, method="DELETE", times=-1, status=500),),
        (Fault(Mode.STATUS, method="GET", times=-1, status=500),),
    ]


class Spy:
    """Makes calls with secrets in them, and keeps what is said to them.

    Args:
        flyte: The engine that calls.

    Attributes:
        needed: The secret that the pod needs, so that it is in the resource.
        private: The one that nobody but Flyte needs.
        said: What calls were answered.
    """

    def __init__(self, flyte: Flyte) -> None:
        self.flyte, self.said = flyte, list[str]()
        self.needed, self.private = (f"canary-{secrets.token_hex(8)}" for _ in "ab")

    def request(self, **about: Any) -> Any:
        """Return a CreateTaskRequest with both secrets wherever they can be."""
        made = self.flyte.request(**about)
        asking.env(made, "PASSWORD", self.needed)
        asking.argument(made, f"--password={self.needed}")
        made.task_execution_metadata.environment_variables["TOKEN"] = self.needed
        asking.text_input(made, "unused", self.private)
        return made

    def connected(self) -> Any:
        """Return one with a connection, too, as Flyte 2 sends it for some words in `custom`."""
        made = self.request()
        if self.flyte.dialect.number == 2:
            made.connection.secrets["token"] = made.connection.configs["config"] = self.private
        return made

    def whole_life(self, request: Any) -> None:
        """Create, get and delete, whatever becomes of each."""
        meta = b""
        with self._kept():
            meta = self.flyte.create(request, timeout=BRIEF).meta
        self.about(meta)

    def about(self, meta: bytes) -> None:
        """Get and delete, whatever becomes of it."""
        with self._kept():
            self.said.append(str(self.flyte.get(meta, timeout=BRIEF)))
        with self._kept():
            self.flyte.delete(meta, timeout=BRIEF)

    @contextlib.contextmanager
    def _kept(self) -> Iterator[None]:
        try:
            yield
        except grpc.RpcError as error:
            trailers = error.trailing_metadata() or ()  # type: ignore[attr-defined]
            self.said.append(f"{error.details()} {list(trailers)}")  # type: ignore[attr-defined]


@check(level="K", **S6)
@each_flyte
def test_secrets_while_every_call_fails(target: Target, flyte: Flyte, cluster: Cluster) -> None:
    needs(target.launched, "the kit did not start the connector, so it cannot read its log")
    assert target.launched is not None
    assert target.proxy is not None
    spy, before, logged = Spy(flyte), cluster.uids(), len(target.launched.log())
    flyte.create(spy.request())
    flyte.create(spy.connected())
    resources = json.dumps(cluster.since(before), default=str)
    for change in wrong(spy):
        request = spy.request()
        change(request)
        spy.whole_life(request)
    for each in flyte.profile.invalid:
        spy.whole_life(spy.request(template=each.template))
    for meta in (spy.private.encode(), json.dumps({"v": 1, "password": spy.private}).encode(), b""):
        spy.about(meta)
    try:
        for way in ways(cluster):
            target.proxy.break_(*way)
            spy.whole_life(spy.request())
    finally:
        target.proxy.heal()
    nowhere(spy, {"an answer": "\n".join(spy.said), "an event": events(cluster)})
    assert spy.needed in resources, "the pod's environment has lost a variable of the task"
    assert spy.private not in resources, (
        "the resource has an input, or a secret of the connection, that no pod needs"
    )
    log = target.launched.log()[logged:]
    needs(log, "the connector logs nothing of this; let `start.command` make it talk")
    nowhere(spy, {"the log": log})


def wrong(spy: Spy) -> list[Callable[[Any], object]]:
    """Return what can be wrong with a request: each changes one."""
    return [
        lambda request: setattr(request.template, "type", "connector-sanity-nobody"),
        lambda request: setattr(request.template, "task_type_version", 77),
        lambda request: setattr(request, "output_prefix", ""),
        lambda request: setattr(request.task_execution_metadata, "namespace", "kube-system"),
        lambda request: request.template.ClearField("container"),
        lambda request: request.template.ClearField("custom"),
        lambda request: request.ClearField("task_execution_metadata"),
        lambda request: asking.argument(request, "{{.inputs.nobody}}"),
        lambda request: asking.custom(request, {"connector_sanity": spy.private}),
        lambda request: asking.env(request, "not a name =", spy.needed),
        lambda request: asking.env(request, "BIG", spy.needed * 50_000),
    ]


def nowhere(spy: Spy, places: dict[str, str]) -> None:
    """Raise AssertionError with the first line that has a secret."""
    for place, text in places.items():
        for line in text.splitlines():
            found = [secret for secret in (spy.needed, spy.private) if secret in line]
            assert not found, f"a user's secret is in {place}: {line[:300]}"


def events(cluster: Cluster) -> str:
    """Return the namespace's events as text."""
    return json.dumps(cluster.of("v1", "Event").get(namespace=cluster.namespace).to_dict(), default=str)
