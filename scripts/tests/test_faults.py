"""Is the fault matrix whole? Each row is run, or covered by tests that exist, or says why not; all are recorded."""

from __future__ import annotations

import json
import re

import pytest

from devkit import faults, lint
from devkit.toolchain import ROOT

ROWS = faults.read()
LINE = r"^(?:func|(?:async )?def) {}\("


def test_the_rows_are_those_of_the_matrix() -> None:
    assert [row.number for row in ROWS] == list(range(1, 33))
    assert all(row.fault and row.user for row in ROWS)
    assert all(row.how for row in ROWS if row.run), "a row that is run says how"


@pytest.mark.parametrize("row", [row for row in ROWS if row.run], ids=lambda row: f"{row.number}-{row.run}")
def test_each_function_is_there_and_used_once(row: faults.Row) -> None:
    assert callable(faults.function(row.run))
    assert [each.run for each in ROWS].count(row.run) == 1


def test_tests_that_rows_name_exist() -> None:
    named = {test for row in ROWS for test in row.tests}
    assert named
    texts = [
        (ROOT / path).read_text(encoding="utf-8")
        for path in lint.tracked()
        if path.name.startswith("test_") or path.name.endswith("_test.go")
    ]
    missing = [name for name in named if not any(re.search(LINE.format(name), text, re.M) for text in texts)]
    assert missing == []


def test_a_row_without_anything_is_refused(tmp_path, monkeypatch) -> None:
    path = tmp_path / "faults.toml"
    path.write_text('[[rows]]\nnumber = 1\nfault = "x"\nuser = "y"\n', encoding="utf-8")
    monkeypatch.setattr(faults, "ROWS", path)
    with pytest.raises(ValueError, match="row 1 has none of run, tests, not_here"):
        faults.read()


def test_the_record_has_each_row_that_is_run() -> None:
    found = json.loads(faults.SHOWN.read_text(encoding="utf-8"))
    assert set(found["rows"]) == {str(row.number) for row in ROWS if row.run}
    assert found["run"] == len(found["rows"])
    assert found["failed"] == 0
    assert all(each["measured"] for each in found["rows"].values())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "Job ns/task-zaeyxkz7nq5q (uid 18b9c214-620f-4c36-a773-dadf1e75240a) is gone",
            "Job ns/task-… is gone",
        ),
        ("task-bnuve6vrp5rv-0, container main", "task-…-0, container main"),
        ("OK after 0.1 s", "OK after 0.1 s"),
    ],
)
def test_what_is_new_in_each_run_is_not_shown(text: str, shown: str) -> None:
    assert faults.plain(text) == shown


def test_a_row_that_fails_is_told_and_the_others_go_on(
    capsys: pytest.CaptureFixture[str], monkeypatch
) -> None:
    class World:
        class proxy:
            healed = 0

            @classmethod
            def heal(cls) -> None:
                cls.healed += 1

    def wrong(_: object) -> str:
        raise AssertionError("not so")

    row = faults.Row(1, "a fault", "nothing", run="wrong")
    monkeypatch.setattr(faults, "function", lambda _: wrong)
    assert faults.tried(row, World()) | {"seconds": 0} == {
        "measured": "",
        "wrong": "AssertionError: not so",
        "seconds": 0,
    }
    assert World.proxy.healed == 1
    assert "FAILED" in capsys.readouterr().out
