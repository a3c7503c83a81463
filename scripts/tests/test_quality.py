"""Is every number of the quality page read from a result, and a missing one called missing?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from devkit import quality, quality_sources
from devkit.quality import Row
from devkit.quality_sources import Source

# What others ask build/quality.json for.
WANTED = (
    "commands_shown", "commands_run", "steps", "steps_green", "mistakes_seeded", "mistakes_caught", "walk_ok",
    "core_words", "typed_versions", "axe_serious", "foreign_requests", "max_page_kib", "cold_seconds",
    "one_page_seconds",
)  # fmt: skip
STEPS = {
    "ok": False,
    "inputs": "abc",
    "steps": [
        {
            "name": "one",
            "ok": True,
            "mistakes": [{"what": "a", "noticed": True}, {"what": "b", "noticed": False}],
        },
        {"name": "two", "ok": False, "mistakes": []},
    ],
}


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without any result, in place of build and docs/records."""
    for name in ("RESULT", "SHOWN", "RUNS"):
        monkeypatch.setattr(quality, name, tmp_path / name.lower())
    monkeypatch.setattr(
        quality,
        "SOURCES",
        (Source("steps", "make steps", "steps.json", quality_sources.steps, lambda: "abc"),),
    )
    monkeypatch.setattr(quality, "collect", lambda before, collect=quality.collect: collect(before, tmp_path))
    return tmp_path


def result(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "result").read_text(encoding="utf-8"))


def test_the_page_has_what_others_ask_for():
    names = [row.name for group in quality.rows().values() for row in group]
    assert set(WANTED) <= set(names)
    assert len(names) == len(set(names))


def test_every_row_has_a_source():
    known = {source.name for source in quality_sources.SOURCES} | {"records", "readers"}
    assert {row.source for group in quality.rows().values() for row in group} <= known


def test_without_a_result_a_number_is_null_and_never_zero(empty: Path):
    assert quality.main([]) == 0
    found = result(empty)
    assert {name: found[name] for name in WANTED} == dict.fromkeys(WANTED)
    assert set(WANTED) <= set(found["missing"])
    assert found["results"] == {"steps": "missing"}
    assert quality.main(["--strict"]) == 1


def test_numbers_are_those_of_the_result(empty: Path):
    (empty / "steps.json").write_text(json.dumps(STEPS))
    quality.main([])
    found = result(empty)
    names = ("steps", "steps_green", "mistakes_seeded", "mistakes_caught")
    assert [found[name] for name in names] == [2, 1, 2, 1]
    assert found["results"] == {"steps": "this code"}
    assert {"steps_green", "mistakes_caught"} <= set(found["goals_missed"])


def test_a_result_of_other_code_is_called_older(empty: Path):
    (empty / "steps.json").write_text(json.dumps(STEPS | {"inputs": "abd"}))
    quality.main([])
    assert result(empty)["older"] == ["steps"]
    (empty / "steps.json").write_text(json.dumps({key: STEPS[key] for key in ("ok", "steps")}))
    quality.main([])
    assert result(empty)["results"]["steps"] == quality.UNKNOWN


def test_what_was_recorded_stays_until_there_is_a_new_result(empty: Path):
    (empty / "steps.json").write_text(json.dumps(STEPS))
    quality.main(["--record"])
    (empty / "steps.json").unlink()
    quality.main(["--record"])
    assert result(empty)["steps"] == 2
    assert json.loads((empty / "shown").read_text())["results"]["steps"]["inputs"] == "abc"


@pytest.mark.parametrize(
    ("bounds", "value", "met"),
    [
        ({"at_most": 0}, 0, True),
        ({"at_most": 0}, 1, False),
        ({"at_least": 1}, True, True),
        ({"at_least": 1}, False, False),
        ({"like": "all"}, 7, True),
        ({"like": "all"}, 6, False),
        ({"like": "unknown"}, 6, None),
        ({"at_most": 0}, None, None),
        ({}, 5, None),
    ],
)
def test_a_goal_is_met_or_missed_or_nobody_knows(
    bounds: dict[str, Any], value: float | None, met: bool | None
):
    assert Row("x", "x", "steps", **bounds).met({"x": value, "all": 7}) is met


def test_commands_of_the_walk_were_run_only_when_the_robot_came_to_its_end():
    pages = {"commands_shown": 9, "commands_recorded": 5, "commands_walked": 3, "commands_not_run": 1}
    record: dict[str, Any] = {
        "results": {"pages": {"numbers": pages}, "walk": {"numbers": {"walk_ok": False}}},
        "records": {},
    }
    assert quality.numbers(record)["commands_run"] == 5
    record["results"]["walk"]["numbers"]["walk_ok"] = True
    assert quality.numbers(record)["commands_run"] == 8


def test_what_readers_found_is_added_up(tmp_path: Path):
    one = "[[reader]]\nminutes = 5\nfound = {}\nfixed = {}\n"
    (tmp_path / "readers.toml").write_text(one.format(3, 2) + one.format(4, 4))
    assert quality.readers(tmp_path / "readers.toml") == {"readers": 2, "found": 7, "fixed": 6}
