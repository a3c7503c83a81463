"""Does a run that looked at several targets end with what failed, so that the end of a long log says it?"""

from __future__ import annotations

import json
from pathlib import Path

from devkit import sanity_run


def check(id: str, outcome: str, words: str = "") -> dict[str, str]:
    """Return what the JSON of a run says of a check."""
    return {"id": id, "outcome": outcome, "title": f"the title of {id}", "words": words}


def test_each_check_that_is_not_as_it_has_to_be_is_told_with_its_words(tmp_path: Path):
    file = tmp_path / "job.json"
    seen = [
        check("P1", "passed"),
        check("D1", "failed", "it is\nstill there"),
        check("E1", "not applicable", "no metas"),
        check("L2", "expected failure", "known"),
        check("M1", "unexpected pass", "it works now"),
    ]
    file.write_text(json.dumps({"checks": seen}))
    assert list(sanity_run.failures("job", file)) == [
        "job: D1 failed: the title of D1\n  it is\n  still there",
        "job: M1 unexpected pass: the title of M1\n  it works now",
    ]


def test_nothing_is_told_when_all_is_well(tmp_path: Path):
    file = tmp_path / "job.json"
    file.write_text(json.dumps({"checks": [check("P1", "passed")]}))
    assert not list(sanity_run.failures("job", file))


def test_a_run_that_has_written_nothing_is_told_too(tmp_path: Path):
    assert list(sanity_run.failures("job", tmp_path / "job.json")) == [
        "job: the run has written no job.json: what it said is above"
    ]
