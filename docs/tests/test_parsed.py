"""Is a page looked into again when it was written anew, and else not?"""

from __future__ import annotations

import os
from pathlib import Path

import parsed
import pytest


def test_a_file_is_looked_into_once_as_long_as_it_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, place, looked = tmp_path / "a.html", tmp_path / "kept", []

    def find(path: Path) -> str:
        looked.append(path.name)
        return path.read_text()

    def build() -> str:
        kept = parsed.Kept(place)
        found = kept.get("text", page, find)
        assert kept.get("text", page, find) == found
        kept.save()
        return found

    page.write_text("one")
    assert [build(), build()] == ["one", "one"]
    assert looked == ["a.html"]
    page.write_text("two")
    os.utime(page, (1, 1))
    assert [build(), build()] == ["two", "two"]
    assert looked == ["a.html"] * 2
    monkeypatch.setattr(parsed, "made_by", lambda: "another program")
    build()
    assert looked == ["a.html"] * 3


def test_what_cannot_be_read_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"not a pickle")
    assert parsed.Kept(tmp_path / "kept").old == {}
