"""Which traps does a configuration step into? A rule for each one of docs/config/traps.toml: routing, and limits.

A rule takes the View and yields a Breach for each place: where, what stands there, and the value that would be right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from devkit.flyteconfig_files import settings
from devkit.flyteconfig_tree import Place
from devkit.flyteconfig_view import CONNECTOR, TASKS, View, seconds

OWN_TYPES = {  # types of Flyte's own -> the plugin that has them
    "container": "container",
    "python-task": "container",
    "raw-container": "container",
    "sidecar": "sidecar",
    "container_array": "k8s-array",
    **{name: name for name in ("spark", "ray", "dask", "pytorch", "tensorflow", "mpi")},
}
LIMITS = {  # below webApi: the least and the most, in seconds for a time
    ("caching", "resyncInterval"): (5, 3600),
    ("caching", "workers"): (1, 10_000),
    ("caching", "size"): (10, 500_000),
    ("readRateLimiter", "qps"): (1, None),
    ("readRateLimiter", "burst"): (5, None),
    ("writeRateLimiter", "qps"): (1, None),
    ("writeRateLimiter", "burst"): (5, None),
}
FAILURES, ENOUGH, RIGHT = ("webApi", "caching", "maxSystemFailures"), 1000, 100_000
ID = "larkspur"


class Breach(NamedTuple):
    """A trap at one place. `right` is the value to paste there, or at `paste`; None where only the admin can say it."""

    place: Place
    found: str
    right: Any = None
    paste: Place | None = None


Rule = Callable[[View], Iterator[Breach]]
NOTHING = "nothing"


def ours(key: str, flyte: int) -> Any:
    """Return the value that docs/config/settings.toml has for a key of a connector."""
    return next(each.value for each in settings(flyte) if each.path.endswith(f".{key}"))


def block(flyte: int, *path: str) -> dict[str, Any]:
    """Return what docs/config/settings.toml has below a path."""
    made: dict[str, Any] = {}
    for each in settings(flyte):
        keys = each.path.split(".")
        if each.value is not None and keys[: len(path)] == list(path):
            place = made
            for key in keys[len(path) : -1]:
                place = place.setdefault(key, {})
            place[keys[-1]] = each.value
    return made


def said(value: Any) -> str:
    return NOTHING if value is None else str(value)


def not_enabled(view: View) -> Iterator[Breach]:
    node, name = view.config.at(*TASKS, "enabled-plugins"), view.names.plugin
    if view.flyte == 1 and node and node.names() and name not in map(str.lower, node.names()):
        found = f"[{', '.join(node.names())}]"
        if not node.place.line:
            found += ", which is the chart's own list"
        if name != CONNECTOR.plugin:
            found += f", and the connectors stand below {name}"
        yield Breach(view.config.place(*TASKS, "enabled-plugins"), found, [*node.names(), name])


def unbound(view: View) -> Iterator[str]:
    """Yield the types that no pin leads anywhere, unless a capital is the reason."""
    served = bool(view.default and view.default.endpoint)
    for kind in view.types:
        if not (view.pin(kind) or (kind in view.listed and served) or view.misspelt(kind)):
            yield kind


def no_pin(view: View) -> Iterator[Breach]:
    """Where no connector is named, what is right is the whole block."""
    kinds = [kind for kind in unbound(view) if kind not in view.listed] if view.flyte == 1 else []
    if kinds and not view.deployments:
        base = ("plugins", CONNECTOR.plugin)
        whole = block(1, *base) | {CONNECTOR.pins: dict.fromkeys(view.types, ID)}
        found = f"nothing for {', '.join(kinds)}, and no connector below {view.names.deployments}"
        yield Breach(view.place(view.names.pins), found, whole, view.config.place(*base))
        return
    for kind in kinds:
        yield Breach(view.place(view.names.pins, kind), NOTHING, next(iter(view.deployments)))


def not_listed(view: View) -> Iterator[Breach]:
    routed = {name if kept else name.lower() for name, _, kept in view.defaults} | set(view.listed)
    node = view.at("supportedTaskTypes")
    missing = [kind for kind in view.types if kind not in routed and not view.misspelt(kind)]
    if (
        view.flyte == 2 and missing and not (node and node.value == [])
    ):  # that is worse, and has a rule of its own
        found = f"[{', '.join(view.listed)}]" if view.listed else NOTHING
        yield Breach(view.place("supportedTaskTypes"), found, [*view.listed, *missing])


def dropped(view: View) -> Iterator[Breach]:
    if view.flyte == 2 and not view.default and any(not view.pin(kind) for kind in view.types):
        found = f"only connectors: {', '.join(view.deployments)}" if view.deployments else "no connector"
        first = next(iter(view.deployments.values()), None)
        right = first.node.plain() if first else block(2, *view.base, "defaultConnector")
        yield Breach(view.place("defaultConnector"), found, right)


def nowhere(view: View) -> Iterator[Breach]:
    """In Flyte 1, a type that is only listed belongs to the default connector; in Flyte 2 that is `dropped`."""
    for kind in view.types:
        pin = view.pin(kind)
        if pin and not view.named(pin):
            ids = ", ".join(view.deployments) or "no connector"
            yield Breach(pin.place, f"{pin.value}, and {view.names.deployments} has {ids}")
    listed = [kind for kind in unbound(view) if kind in view.listed]
    if view.flyte == 1 and listed and not view.default:
        yield Breach(view.place(view.names.default, "endpoint"), NOTHING, ours("endpoint", view.flyte))
    for one in view.serving:
        if not one.endpoint:
            yield Breach(view.config.place(*one.path, "endpoint"), NOTHING, ours("endpoint", view.flyte))


def capitals(view: View) -> Iterator[Breach]:
    for name, node, kept in [*view.pins, *view.defaults]:
        if name != name.lower() and not kept:
            yield Breach(node.place, f"the key {name}")
    for pin in filter(None, map(view.pin, view.types)):
        one = view.named(pin)
        if one and str(pin.value) not in view.deployments:
            known = one.name.lower()
            yield Breach(pin.place, f"{pin.value}, and Flyte knows the key {one.name} as {known}", known)


def empty_list(view: View) -> Iterator[Breach]:
    node = view.at("supportedTaskTypes")
    if node and node.value == [] and (view.flyte == 2 or not view.pins):
        yield Breach(node.place, "[]", list(view.types))


def few_failures(view: View) -> Iterator[Breach]:
    node = view.at(*FAILURES)
    value = node.value if node else None
    if not (isinstance(value, int | float) and value >= ENOUGH):
        found = said(value) + ("" if node else ", so Flyte's default, 5")
        yield Breach(view.place(*FAILURES), found, RIGHT)


def other_plugin(view: View) -> Iterator[Breach]:
    for name, node, kept in view.defaults:
        kind = name if kept else name.lower()
        if kind in view.types and str(node.value).lower() != view.names.plugin:
            yield Breach(node.place, str(node.value), view.names.plugin)


def flytes_own_type(view: View) -> Iterator[Breach]:
    meant = {name.lower() for name, node, _ in view.defaults if node.value == view.names.plugin}
    enabled = view.config.at(*TASKS, "enabled-plugins")
    on = (
        {name.lower() for name in enabled.names()} if enabled and enabled.names() else set(OWN_TYPES.values())
    )
    place = view.at("supportedTaskTypes")
    claimed = [(name, place.place) for name in view.listed if place]
    claimed += [(name, node.place) for name, node, _ in view.pins] if view.flyte == 1 else []
    for name, where in claimed:
        if name in OWN_TYPES and (view.flyte == 2 or (OWN_TYPES[name] in on and name not in meant)):
            yield Breach(where, name)


def out_of_range(view: View) -> Iterator[Breach]:
    for keys, (least, most) in LIMITS.items():
        if node := view.at("webApi", *keys):
            time = keys[1] == "resyncInterval"
            value = seconds(node.value) if time else node.value
            fits = isinstance(value, int | float) and value >= least and (most is None or value <= most)
            if not fits:
                yield Breach(node.place, str(node.value), f"{least}s" if time else least)
