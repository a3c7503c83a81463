"""What does a configuration say about the connector: which connectors, which pins, how long may a call take?

Flyte 1 has the same plugin twice: connector-service, and agent-service with older names for its keys. Both are read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from devkit.flyteconfig_read import Config
from devkit.flyteconfig_tree import FlyteConfigError, Node, Place

SERVICES = {1: "flyteidl.service.AsyncAgentService", 2: "flyteidl2.connector.AsyncConnectorService"}
TASKS = ("tasks", "task-plugins")
UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
DURATION = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")


class Names(NamedTuple):
    """What the plugin is called, and its keys, in each of its two copies."""

    plugin: str
    default: str
    deployments: str
    pins: str
    timeout: float  # seconds of a call when nothing is said


CONNECTOR = Names("connector-service", "defaultConnector", "connectors", "connectorForTaskTypes", 10)
AGENT = Names("agent-service", "defaultAgent", "agents", "agentForTaskTypes", 3)


class Deployment(NamedTuple):
    """A connector that Flyte is told about, and where."""

    name: str
    node: Node
    path: tuple[str, ...]

    @property
    def endpoint(self) -> str:
        node = self.node.get("endpoint")
        return str(node.value) if node else ""


def seconds(value: Any) -> float | None:
    """Return a duration as Flyte reads it: a text of Go's, or nanoseconds; None for what is neither."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value / 1e9
    found = DURATION.findall(str(value))
    if not found or "".join(map("".join, found)) != str(value):
        return None
    return sum(float(number) * UNITS[unit] for number, unit in found)


@dataclass(frozen=True)
class View:
    """A configuration, and the task types that are asked about."""

    config: Config
    types: tuple[str, ...]

    def __post_init__(self) -> None:
        """Raises FlyteConfigError where something else stands in the place of a map: nothing below it would be seen."""
        limits = [self.at("webApi", *keys) for keys in ((), ("caching",), ("readRateLimiter",))]
        sections = [self.config.at("plugins"), self.at(), self.config.at(*TASKS[:1]), self.config.at(*TASKS)]
        connectors = [one.node for one in (*self.deployments.values(), self.default) if one]
        for node in filter(None, (*sections, *limits, *connectors)):
            if not isinstance(node.value, dict):
                raise FlyteConfigError(f"{node.place}: is {node.plain()!r}: want a map")

    @property
    def flyte(self) -> int:
        return self.config.flyte

    @cached_property
    def names(self) -> Names:
        both = [self.config.at("plugins", names.plugin) for names in (CONNECTOR, AGENT)]
        return AGENT if self.flyte == 1 and both[1] and not both[0] else CONNECTOR

    @property
    def base(self) -> tuple[str, ...]:
        return ("plugins", self.names.plugin)

    def at(self, *keys: str) -> Node | None:
        return self.config.at(*self.base, *keys)

    def place(self, *keys: str) -> Place:
        return self.config.place(*self.base, *keys)

    @cached_property
    def deployments(self) -> dict[str, Deployment]:
        """The connectors below `connectors`, by their ids as Flyte has them."""
        node = self.at(self.names.deployments)
        found = node.entries() if node else ()
        path = (*self.base, self.names.deployments)
        return {
            name if kept else name.lower(): Deployment(name, each, (*path, name))
            for name, each, kept in found
        }

    @property
    def default(self) -> Deployment | None:
        node = self.at(self.names.default)
        return Deployment(self.names.default, node, (*self.base, self.names.default)) if node else None

    @property
    def pins(self) -> list[tuple[str, Node, bool]]:
        """What connectorForTaskTypes says: the type as written, its connector, and whether the case is kept."""
        node = self.at(self.names.pins)
        return list(node.entries()) if node else []

    @property
    def listed(self) -> list[str]:
        node = self.at("supportedTaskTypes")
        return node.names() if node else []

    @property
    def defaults(self) -> list[tuple[str, Node, bool]]:
        """What default-for-task-types says."""
        node = self.config.at(*TASKS, "default-for-task-types")
        return list(node.entries()) if node else []

    def pin(self, kind: str) -> Node | None:
        """Return the node that names the connector of a type, whether or not that one is there."""
        return next(
            (node for name, node, kept in self.pins if (name if kept else name.lower()) == kind), None
        )

    def named(self, pin: Node | None) -> Deployment | None:
        """Return the connector that a pin names, even in another spelling."""
        name = str(pin.value) if pin else ""
        return self.deployments.get(name) or self.deployments.get(name.lower())

    def misspelt(self, kind: str) -> bool:
        """Return whether somebody wrote this type as a key that Flyte lower-cases."""
        return any(
            name == kind and not kept and name != name.lower() for name, _, kept in self.pins + self.defaults
        )

    @cached_property
    def serving(self) -> list[Deployment]:
        """The connectors that serve the types that are asked about; all there are when none does."""
        found: dict[str, Deployment] = {}
        for kind in self.types:
            if one := self.named(self.pin(kind)):
                found[one.name] = one
            elif self.default and kind in self.listed:
                found[self.default.name] = self.default
        every = [*self.deployments.values(), *([self.default] if self.default else [])]
        return list(found.values()) or every

    def timeout(self, one: Deployment, call: str) -> float | None:
        """Return the seconds that a call may take; None for what is no duration."""
        said = one.node.get("timeouts")
        listed = {name: node.value for name, node, kept in said.entries() if kept} if said else {}
        default = one.node.get("defaultTimeout")
        value = listed.get(call, default.value if default else f"{self.names.timeout}s")
        return seconds(value)


def service_config(one: Deployment) -> tuple[set[str], bool]:
    """Return the services whose calls wait for the connector, and whether calls are spread; raises ValueError."""
    node = one.node.get("defaultServiceConfig")
    if node is None:
        return set(), True  # Flyte's own default is round_robin
    said = json.loads(str(node.value))
    if not isinstance(said, dict):
        raise ValueError("want an object")
    waits = set(waiting(said.get("methodConfig")))
    return waits, "round_robin" in json.dumps(
        said.get("loadBalancingConfig", said.get("loadBalancingPolicy"))
    )


def waiting(methods: Any) -> Iterator[str]:
    """Yield the services of method configurations that wait for the connector."""
    for method in methods if isinstance(methods, list) else ():
        if isinstance(method, dict) and method.get("waitForReady") is True:
            for name in method.get("name", ()):
                if isinstance(name, dict) and not name.get("method"):
                    yield str(name.get("service", ""))
