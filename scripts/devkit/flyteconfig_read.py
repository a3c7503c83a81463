"""Which of Flyte's files is this, and what do several of them say together?

It knows Helm values of flyte-binary and flyte-core, of either Flyte, ConfigMaps as kubectl prints them, and files that
Flyte itself reads. Where a chart has a list of its own, a values file that leaves it out means that list.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from devkit.flyteconfig_tree import FlyteConfigError, Node, Place, Reader, merge

SECTIONS = ("plugins", "tasks", "propeller", "executor", "storage", "clusters")
ONE = ("propeller", "flyteadmin", "catalog-cache", "datacatalog")  # sections that only this Flyte has
TWO = ("executor", "runs", "actions", "dataproxy")
CHART_LIST = ["container", "sidecar", "k8s-array"]
KNOWN = (
    "Helm values of flyte-binary (configuration, enabled_plugins) or flyte-core (configmap; inlineConfig in Flyte 2), "
    "a ConfigMap of Flyte's, or a file that Flyte reads (plugins, tasks)"
)


@dataclass(frozen=True)
class Part:
    """What one document adds: its kind in words, Flyte's sections in it, and where it keeps each section."""

    kind: str
    root: Node
    under: dict[str, tuple[str, ...]] = field(default_factory=dict)
    flyte: int | None = None
    chart: str = ""
    elsewhere: tuple[Node, ...] = ()  # what names more configuration that is not in the file


def pick(node: Node, *keys: str) -> Node:
    """Return a section's content, or an empty map in its place."""
    return node.get(*keys) or Node({}, node.place.below(*keys))


def binary(values: Node) -> Part:
    """Read values of flyte-binary: configuration.inline is merged last."""
    root = Node({}, values.place)
    if enabled := values.get("enabled_plugins", "tasks"):
        root = merge(root, enabled.under("tasks"))
    if address := values.get("configuration", "storage", "providerConfig", "s3", "endpoint"):
        root = merge(root, address.under("storage", "stow", "config", "endpoint"))
    root = merge(root, pick(values, "configuration", "inline"))
    names = ("externalConfigMap", "externalSecretRef", "inlineConfigMap", "inlineSecretRef")
    others = [values.get("configuration", name) for name in names]
    inline = (*values.place.path, "configuration", "inline")
    under = dict.fromkeys(SECTIONS, inline) | {"tasks": (*values.place.path, "enabled_plugins")}
    elsewhere = (*(one for one in others if one and one.value), *own_connector(values))
    return Part("Helm values of flyte-binary", root, under, chart="flyte-binary", elsewhere=elsewhere)


def core(values: Node) -> Part:
    """Read values of Flyte 1's flyte-core: what stands below configmap are FlytePropeller's files."""
    root = Node({}, values.place)
    for name, node in sorted((values.get("configmap") or values).value.items()):
        if isinstance(node.value, dict) and name not in ("clusters", "adminserver", "datacatalogserver"):
            root = merge(root, node)
    if clusters := values.get("configmap", "clusters"):
        root = merge(root, clusters.under("clusters"))
    if (custom := values.get("storage", "custom")) and custom.value:
        root = merge(root, custom.under("storage"))
    plugins = (*values.place.path, "configmap", "enabled_plugins")
    under = {"tasks": plugins, "plugins": plugins, "propeller": (*plugins[:-1], "core")}
    return Part(
        "Helm values of flyte-core", root, under, 1, "flyte-core", elsewhere=tuple(own_connector(values))
    )


def own_connector(values: Node) -> Iterator[Node]:
    """Yield the switch with which a chart of Flyte 1 adds a connector of its own, and a block for it."""
    if (switch := values.get("flyteconnector", "enabled")) and switch.value is True:
        yield switch


def configmap(node: Node) -> Part | None:
    """Read a ConfigMap's files in the order of their names; None when none of them is Flyte's."""
    root, found = Node({}, node.place), False
    data = pick(node, "data").value
    for _, file in sorted(data.items()) if isinstance(data, dict) else ():
        if file.key.endswith((".yaml", ".yml")) and isinstance(file.value, str):
            line = file.text or file.place.line
            reader = Reader(file.place.file, file.value, line, file.place.path, fixed=not file.text)
            for inner in reader.documents():
                if isinstance(inner.value, dict):
                    root = merge(root, inner)
                    found = found or any(inner.get(section) for section in (*SECTIONS[:4], *TWO))
    name = (pick(node, "metadata", "name").value) or "without a name"
    version = node.get("metadata", "labels", "app.kubernetes.io/version")
    number = re.match(r"v?([12])\.", str(version.value)) if version else None
    return Part(f"ConfigMap {name}", root, flyte=int(number[1]) if number else None) if found else None


def parts(node: Node) -> Iterator[Part]:
    """Yield what a document adds to Flyte's configuration; nothing for a document that is none."""
    if not isinstance(node.value, dict):
        return
    if node.get("apiVersion") and (kind := node.get("kind")):
        for item in pick(node, "items").value if kind.value == "List" else ():
            yield from parts(item)
        if kind.value == "ConfigMap" and (found := configmap(node)):
            yield found
    elif inner := node.get("flyte-binary") or node.get("flyte-core"):
        yield from parts(inner)
    elif isinstance(pick(node, "configmap").value, dict) and node.get("configmap"):
        yield core(node)
    elif node.get("configuration") or node.get("enabled_plugins"):
        yield binary(node)
    elif inline := node.get("inlineConfig"):
        under = dict.fromkeys(SECTIONS, inline.place.path)
        yield Part("Helm values of flyte-core", inline, under, 2, "flyte-core")
    elif any(node.get(section) for section in (*SECTIONS, *ONE, *TWO)):
        yield Part("file of Flyte's", node)


def read(path: Path, name: str) -> list[Part]:
    """Return what a file adds; raises FlyteConfigError when it cannot be read, or is no configuration of Flyte."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a text in UTF-8"
        raise FlyteConfigError(f"{name}: {reason}") from error
    documents = list(Reader(name, text).documents())
    found = [part for document in documents for part in parts(document)]
    if not found:
        keys = [", ".join(one.plain()) or "nothing" for one in documents if isinstance(one.value, dict)]
        has = f"has the keys {'; '.join(keys)}" if keys else "has no keys"
        raise FlyteConfigError(f"{name}: no Flyte configuration: it {has}: want {KNOWN}")
    return found


@dataclass(frozen=True)
class Config:
    """What all files say together."""

    root: Node
    parts: list[Part]
    flyte: int

    def at(self, *path: str) -> Node | None:
        return self.root.get(*path)

    def place(self, *path: str) -> Place:
        """Return where something stands, or where it would be written."""
        for length in range(len(path), 0, -1):
            if (node := self.at(*path[:length])) and node.place.line:
                return node.place if length == len(path) else node.place.below(*path[length:])
        part = next((part for part in reversed(self.parts) if path[0] in part.under), self.parts[-1])
        return Place(part.root.place.file, 0, (*part.under.get(path[0], ()), *path))


def which(root: Node, found: list[Part]) -> int:
    """Return 1 or 2; raises FlyteConfigError when the files do not say which Flyte reads them, or say both."""
    signs = [(part.flyte, f"{part.root.place.file} ({part.kind})") for part in found if part.flyte]
    for flyte, names in ((1, ONE), (2, TWO)):
        sections = [node for node in map(root.get, names) if node]
        signs += [(flyte, f"{node.place.file} ({node.key})") for node in sections]
    if not signs:
        text = repr(root.plain())
        services = {1: "flyteidl.service.", 2: "flyteidl2.connector."}
        signs = [(flyte, f"a service {name}*") for flyte, name in services.items() if name in text]
    if not signs and root.get("tasks", "task-plugins", "enabled-plugins") and not found[0].chart:
        signs = [(1, "enabled-plugins")]
    if len({flyte for flyte, _ in signs}) == 1:
        return signs[0][0]
    both = "; ".join(f"{sign} of Flyte {flyte}" for flyte, sign in signs)
    raise FlyteConfigError(
        f"which Flyte reads this? There is {both or 'no sign of either'}: want --flyte 1 or 2"
    )


def together(found: list[Part], flyte: int | None = None) -> Config:
    """Return one configuration of all parts, later ones winning; `flyte` when the reader has said which one it is."""
    root = functools.reduce(merge, (part.root for part in found), Node({}, found[0].root.place))
    flyte = flyte or which(root, found)
    charts = [part for part in found if part.chart]
    if flyte == 1 and charts and not root.get("tasks", "task-plugins", "enabled-plugins"):
        place = charts[-1].root.place.below()
        own = Node([Node(name, place) for name in CHART_LIST], place)
        root = merge(own.under("tasks", "task-plugins", "enabled-plugins"), root)
    return Config(root, found, flyte)
