"""What is no trap, and still worth knowing of a configuration? Notes: they fail nothing.

The object store and the environment that Flyte gives to its own pods alone, how often it asks, what one outage can hold
up, several clusters, and configuration that is not in the files.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from devkit.flyteconfig_tree import Node, Place
from devkit.flyteconfig_view import CONNECTOR, TASKS, View, seconds

RESYNC, QPS, WORKERS = 30.0, 10, {"flyte-core": 4}  # what Flyte, and a chart, take when nothing is said
PROPELLER_WORKERS = 20
STORE, MANY, SEVERAL, OWN, WHOLE, NAMES = ANCHORS = (
    "the-object-store",
    "many-tasks",
    "several-clusters",
    "your-own-files",
    "the-files",
    "which-names",
)


class Note(NamedTuple):
    """One remark, with its anchor on docs/flyte-config.md."""

    place: Place
    text: str
    anchor: str


def environment(view: View) -> Iterator[Note]:
    node = view.config.at("plugins", "k8s", "default-env-vars")
    names = [name for name, _, _ in node.entries()] if node else []
    if node and names:
        flags = " ".join(f"--env={name}=…" for name in names)
        yield Note(
            node.place,
            f"Flyte gives {', '.join(names)} to its own pods and not to a connector's. Your connector's command "
            f"line needs {flags}, those that are keys better as rights of the tasks' service account.",
            STORE,
        )
    endpoint = view.config.at("storage", "stow", "config", "endpoint") or view.config.at(
        "storage", "connection", "endpoint"
    )
    if endpoint and endpoint.value and "FLYTE_AWS_ENDPOINT" not in names:
        yield Note(
            endpoint.place,
            f"The object store is at {endpoint.value}. A task's container has to know: the connector's command line "
            f"needs --env=FLYTE_AWS_ENDPOINT={endpoint.value}, if your pods reach it by that name.",
            STORE,
        )


def cadence(view: View) -> Iterator[Note]:
    resync = view.at("webApi", "caching", "resyncInterval")
    limit = view.at("webApi", "readRateLimiter", "qps")
    every = (seconds(resync.value) if resync else None) or RESYNC
    qps = limit.value if limit and isinstance(limit.value, int | float) else QPS
    yield Note(
        view.place("webApi"),
        f"Flyte asks for a status every {every:g} s, and {qps:g} times a second for all tasks together: "
        f"enough for {every * qps:.0f} tasks. With more, each waits longer for its result.",
        MANY,
    )


def workers(view: View) -> Iterator[Note]:
    if view.flyte == 1:
        node = view.config.at("propeller", "workers")
        chart = next((part.chart for part in reversed(view.config.parts) if part.chart), "")
        number = node.value if node else WORKERS.get(chart, PROPELLER_WORKERS)
        unsaid = (
            f"which is {chart}'s own number (read, in an older chart)" if chart in WORKERS else "its default"
        )
        where = "" if node else f", {unsaid}"
        yield Note(
            view.config.place("propeller", "workers"),
            f"FlytePropeller has {number} workers{where}. A create that waits for the connector occupies one: "
            f"{number} at once stop every workflow until they are over.",
            MANY,
        )


def clusters(view: View) -> Iterator[Note]:
    node = view.config.at("clusters", "clusterConfigs")
    listed = node.value if node and isinstance(node.value, list) else []
    names = [str(name.value) for name in (one.get("name") for one in listed) if name]
    if node and names:
        yield Note(
            node.place,
            f"Several clusters: {', '.join(names)}. Each one's FlytePropeller calls a connector, which makes pods in "
            "its own cluster: run one in each, and give each FlytePropeller this configuration.",
            SEVERAL,
        )


def elsewhere(view: View) -> Iterator[Note]:
    for part in view.config.parts:
        for node in part.elsewhere:
            said = f"{node.key}: {node.value}"
            if node.value is True:
                said = "flyteconnector.enabled: the chart adds a connector and a block connector-service of its own"
            yield Note(
                node.place,
                f"{said}. That is not in this file: give what is in the cluster as well, as kubectl get cm -o yaml "
                "prints it.",
                OWN,
            )


def without_effect(view: View) -> Iterator[Note]:
    node = view.config.at(*TASKS, "enabled-plugins")
    if view.flyte == 2 and node:
        yield Note(node.place, "enabled-plugins has no effect in Flyte 2.", NAMES)
    old = view.config.at("plugins", "agent-service")
    if view.names.plugin != CONNECTOR.plugin and old:
        yield Note(
            old.place,
            "agent-service is the older name of connector-service, with 3 s for a call in place of 10 s. "
            "Flyte has both since 1.15.3.",
            NAMES,
        )


def others(view: View) -> Iterator[Note]:
    here: list[Node] = [one.node for one in view.serving]
    if not here:
        yield Note(view.place(), "No connector is named. The page has the whole block.", WHOLE)
    rest = [one.name for one in view.deployments.values() if one.node not in here]
    rest += [view.names.default] if view.default and view.default.node not in here else []
    if rest and here:
        yield Note(
            view.place(),
            f"Not looked at: {', '.join(rest)}, which serves none of {', '.join(view.types)}. --task-type says others.",
            OWN,
        )


def notes(view: View) -> list[Note]:
    """Return all notes on a configuration."""
    every = (others, elsewhere, environment, cadence, workers, clusters, without_effect)
    return [note for each in every for note in each(view)]
