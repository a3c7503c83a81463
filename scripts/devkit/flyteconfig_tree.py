"""Where in whose file does a value of Flyte's configuration stand? YAML with places, merged as Flyte merges it.

Flyte compares keys without regard to case, merges maps, and lets the later file win. In a list of one-key maps the keys
stay as they are; where Flyte wants a map it takes such a list as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import yaml


class FlyteConfigError(Exception):
    """Something in a file that cannot be read, in a sentence with its place."""


class Place(NamedTuple):
    """A key path in a file of the admin's; line 0 when it is not written there."""

    file: str
    line: int
    path: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'.'.join(self.path)}"

    def below(self, *keys: str) -> Place:
        return Place(self.file, 0, (*self.path, *keys))


@dataclass(frozen=True)
class Node:
    """A value and its place: a dict of Nodes by lower-case key, a list of Nodes, or a scalar.

    `text` is the line before the first line of a block of text, so that a file within a file has true line numbers.
    """

    value: Any
    place: Place
    text: int = 0

    def get(self, *keys: str) -> Node | None:
        """Return what stands below these keys, or None; null counts as absent, as it does to Flyte."""
        node: Node | None = self
        for key in keys:
            node = node.value.get(key.lower()) if node and isinstance(node.value, dict) else None
        return node if node and node.value is not None else None

    @property
    def key(self) -> str:
        return self.place.path[-1]

    def entries(self) -> Iterator[tuple[str, Node, bool]]:
        """Yield (key, value, whether Flyte keeps the key's case) of a map, or of a list of maps."""
        if isinstance(self.value, dict):
            yield from ((node.key, node, False) for node in self.value.values())
        elif isinstance(self.value, list):
            for item in self.value:
                yield from ((key, node, True) for key, node, _ in item.entries())

    def plain(self) -> Any:
        if isinstance(self.value, dict):
            return {node.key: node.plain() for node in self.value.values()}
        return [node.plain() for node in self.value] if isinstance(self.value, list) else self.value

    def names(self) -> list[str]:
        """Return a list's texts; a lone value counts as a list of one."""
        found = self.plain()
        return [str(one) for one in (found if isinstance(found, list) else [found])]

    def under(self, *keys: str) -> Node:
        """Return a map that has this below the keys, without a place of its own."""
        node = self
        for key in reversed(keys):
            node = Node({key.lower(): node}, node.place)
        return node


def merge(first: Node, second: Node) -> Node:
    """Return what Flyte makes of two files: the second wins."""
    if not (isinstance(first.value, dict) and isinstance(second.value, dict)):
        return second if second.value is not None else first
    both = {
        key: merge(node, second.value[key]) if key in second.value else node
        for key, node in first.value.items()
    }
    return Node(second.value | both, second.place)


class Reader:
    """YAML's own reading, with places; `line` is the file's line before the text's first, `path` where it stands."""

    def __init__(
        self, file: str, text: str, line: int = 0, path: tuple[str, ...] = (), fixed: bool = False
    ) -> None:
        self.file, self.line, self.path, self.fixed = file, line, path, fixed
        self.loader = yaml.SafeLoader(text)
        self.hint = " (a template? want what Helm has made of it)" if "{{" in text else ""
        self.open: list[yaml.Node] = []

    def documents(self) -> Iterator[Node]:
        """Yield the documents; raises FlyteConfigError for what is not YAML, has a key twice, or contains itself."""
        try:
            while self.loader.check_node():
                yield self.node(self.loader.get_node(), self.path)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line if error.problem_mark else 0
            raise FlyteConfigError(
                f"{self.file}:{self.at(line)}: not YAML: {error.problem}{self.hint}"
            ) from error
        except yaml.YAMLError as error:
            raise FlyteConfigError(f"{self.file}: not YAML: {error}") from error
        finally:
            self.loader.dispose()

    def at(self, line: int) -> int:
        return self.line if self.fixed else self.line + line + 1

    def node(self, node: yaml.Node, path: tuple[str, ...], line: int | None = None) -> Node:
        start = node.start_mark.line
        place = Place(self.file, self.at(start if line is None else line), path)
        if node in self.open:
            raise FlyteConfigError(f"{place}: contains itself: want no alias to what it stands in")
        self.open.append(node)
        try:
            if isinstance(node, yaml.MappingNode):
                return Node(self.mapping(node, path), place)
            if isinstance(node, yaml.SequenceNode):
                return Node([self.node(item, path) for item in node.value], place)
            block = getattr(node, "style", None) in ("|", ">")
            return Node(self.loader.construct_object(node), place, self.at(start) if block else 0)
        finally:
            self.open.pop()

    def mapping(self, node: yaml.MappingNode, path: tuple[str, ...]) -> dict[str, Node]:
        seen: dict[str, int] = {}
        for key, _ in node.value:
            name = str(key.value).lower()
            if name in seen and name != "<<":
                where = f"{self.file}:{self.at(key.start_mark.line)}"
                raise FlyteConfigError(
                    f"{where}: the key {key.value!r} is here twice, first in line {seen[name]}: want one"
                )
            seen[name] = self.at(key.start_mark.line)
        self.loader.flatten_mapping(node)
        return {
            str(key.value).lower(): self.node(value, (*path, str(key.value)), key.start_mark.line)
            for key, value in node.value
        }
