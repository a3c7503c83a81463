"""Which traps are in what Flyte is told about one connector: its address, its timeouts, and how calls wait?"""

from __future__ import annotations

from collections.abc import Iterator

from devkit import flyteconfig_rules as rules
from devkit.flyteconfig_files import scalar
from devkit.flyteconfig_rules import NOTHING, Breach, Rule, ours
from devkit.flyteconfig_view import SERVICES, Deployment, View, seconds, service_config

CALLS = {1: ("CreateTask", "GetTask", "DeleteTask", "ExecuteTaskSync", "ListConnectors")}
CALLS[2] = tuple(name for name in CALLS[1] if name != "ExecuteTaskSync")
OLD = {"agent-service": ("ListAgents",)}
LONGER, LEAST, RIGHT = (
    10,
    10,
    "30s",
)  # a create must have more than LONGER seconds, a status call at least LEAST


def map_timeouts(view: View) -> Iterator[Breach]:
    for one in view.serving:
        node = one.node.get("timeouts")
        if node and not isinstance(node.value, list):
            given = {name: each.value for name, each, _ in node.entries() if name in CALLS[view.flyte]}
            for call in ("CreateTask", "DeleteTask"):
                if (seconds(given.get(call, "0s")) or 0) <= LONGER:
                    given[call] = RIGHT
            yield Breach(node.place, scalar(node.plain()), [{call: value} for call, value in given.items()])


def unknown_timeout(view: View) -> Iterator[Breach]:
    for one in view.serving:
        node = one.node.get("timeouts")
        for name, each, kept in node.entries() if node else ():
            if kept and name not in (*CALLS[view.flyte], *OLD.get(view.names.plugin, ())):
                yield Breach(each.place, name)


def short_timeouts(view: View) -> Iterator[Breach]:
    for one in view.serving:
        node = one.node.get("timeouts")
        if node and not isinstance(node.value, list):
            continue  # it has a rule of its own
        short = {}
        for call in ("CreateTask", "DeleteTask", "GetTask"):
            value = view.timeout(one, call)
            if value is None or value < LEAST or (value == LONGER and call != "GetTask"):
                short[call] = "no duration" if value is None else f"{value:g} s"
        if short:
            kept = [
                {name: each.plain()}
                for name, each, _ in (node.entries() if node else ())
                if name not in short
            ]
            right = [*kept, *({call: RIGHT} for call in short)]
            found = ", ".join(f"{call}: {value}" for call, value in short.items())
            yield Breach(view.config.place(*one.path, "timeouts"), found, right)


def no_wait(view: View) -> Iterator[Breach]:
    for one in view.serving:
        place = view.config.place(*one.path, "defaultServiceConfig")
        right = ours("defaultServiceConfig", view.flyte)
        try:
            waits, _ = service_config(one)
        except ValueError as error:
            yield Breach(place, f"not JSON: {error}", right)
            continue
        if not waits & {SERVICES[view.flyte], ""}:  # an empty name is the default for all services
            yield Breach(place, f"waitForReady only for {', '.join(waits)}" if waits else NOTHING, right)


def spread(one: Deployment) -> bool:
    try:
        return service_config(one)[1]
    except ValueError:
        return True  # no_wait says that it is not JSON


def one_replica(view: View) -> Iterator[Breach]:
    for one in view.serving:
        if not spread(one):
            place = view.config.place(*one.path, "defaultServiceConfig")
            yield Breach(place, "no round_robin", ours("defaultServiceConfig", view.flyte))
        if one.endpoint and not one.endpoint.startswith(("dns:///", "k8s://")):
            yield Breach(view.config.place(*one.path, "endpoint"), one.endpoint, address(one.endpoint))


def address(endpoint: str) -> str:
    """Return an endpoint as gRPC's resolver for DNS wants it."""
    host = endpoint.partition("://")[2] or endpoint
    return f"dns:///{host.lstrip('/')}"


def k8s_target(view: View) -> Iterator[Breach]:
    for one in view.serving:
        if view.flyte == 2 and one.endpoint.startswith("k8s://"):
            yield Breach(view.config.place(*one.path, "endpoint"), one.endpoint, ours("endpoint", view.flyte))


def tls(view: View) -> Iterator[Breach]:
    for one in view.serving:
        if one.name != view.names.default and one.node.get("insecure") is None:
            yield Breach(view.config.place(*one.path, "insecure"), f"{NOTHING}, which means TLS", True)


RULES: dict[str, Rule] = {
    "not-enabled": rules.not_enabled,
    "no-pin": rules.no_pin,
    "not-listed": rules.not_listed,
    "dropped": rules.dropped,
    "nowhere": rules.nowhere,
    "capitals": rules.capitals,
    "empty-list": rules.empty_list,
    "few-failures": rules.few_failures,
    "map-timeouts": map_timeouts,
    "unknown-timeout": unknown_timeout,
    "short-timeouts": short_timeouts,
    "no-wait": no_wait,
    "one-replica": one_replica,
    "k8s-target": k8s_target,
    "tls": tls,
    "other-plugin": rules.other_plugin,
    "flytes-own-type": rules.flytes_own_type,
    "out-of-range": rules.out_of_range,
}
