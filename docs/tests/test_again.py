"""Is a page read again when what it shows has changed, and else not?"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import again
import pytest


@pytest.fixture
def env() -> Any:
    """An environment whose page "a" shows 1 and 2, and whose page "b" shows 2."""
    found = SimpleNamespace(docname="a", metadata={"a": {}, "b": {}, "c": {}})
    again.remember(found, "number", "one", 1)
    again.remember(found, "number", "two", 2)
    found.docname = "b"
    again.remember(found, "number", "two", 2)
    return found


@pytest.mark.parametrize(
    ("now", "pages"),
    [
        ({"one": 1, "two": 2}, []),
        ({"one": 0, "two": 2}, ["a"]),
        ({"one": 1, "two": 0}, ["a", "b"]),
        ({"one": 1}, ["a", "b"]),
    ],
    ids=["as before", "one changed", "both show it", "it has gone"],
)
def test_pages_whose_thing_changed_are_read_again(env: Any, now: dict[str, int], pages: list[str]) -> None:
    assert again.outdated(env.metadata, "number", now.__getitem__) == pages
    assert again.outdated(env.metadata, "another kind", now.__getitem__) == []


def test_each_thing_is_asked_about_once(env: Any) -> None:
    asked: list[str] = []
    again.outdated(env.metadata, "number", asked.append)
    assert sorted(asked) == ["one", "two"]
