"""What is published about conformance, and what keeps a result from being published?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from devkit import sanity_record, sanity_targets

COUNTS = {
    "passed": 1,
    "failed": 0,
    "expected_failure": 1,
    "unexpected_pass": 0,
    "not_applicable": 2,
    "not_tried": 0,
}
TOLD = {
    "seconds": 12.5,
    "counts": COUNTS,
    "checks": [
        {"id": "I1", "outcome": "passed", "expected": "", "failures": 0},
        {"id": "P3", "outcome": "expected failure", "expected": "nobody asks", "failures": 2},
    ],
}


def result(**change: Any) -> dict[str, Any]:
    good = sanity_record.target("a title", TOLD)
    targets = dict.fromkeys(("job", "spark", "paid", "first", "jobset"), good)
    return {
        "targets": targets, "survivors": [], "false_alarms_in_20": 0, "runs": sanity_record.RUNS, "fault_points": 9,
        "invariant_breaks": 0, **change,
    }  # fmt: skip


def test_a_target_has_its_numbers_and_what_is_known_to_fail():
    assert sanity_record.target("a title", TOLD) == {
        "title": "a title", "passed": 1, "failed": 0, "expected_failures": 1, "unexpected_passes": 0,
        "not_applicable": 2, "not_tried": 0, "seconds": 12.5, "known": {"P3": "nobody asks"}, "bad": [],
    }  # fmt: skip


def test_false_alarms_are_the_functions_that_failed():
    assert sanity_record.alarms(TOLD) == 2
    assert sanity_record.alarms({}) is None


def test_what_is_as_it_has_to_be_is_published():
    assert sanity_record.problems(result()) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"survivors": ["x"]}, "mutants that nobody saw: x"),
        ({"false_alarms_in_20": 1}, "1 false alarms in 20 runs"),
        ({"false_alarms_in_20": None, "runs": 0}, "None false alarms in 0 runs"),
        ({"invariant_breaks": 2}, "2 broken of 9 fault points"),
        ({"fault_points": 0}, "0 broken of 0 fault points"),
        ({"targets": {}}, "target job was not looked at"),
        ({"targets": result()["targets"] | {"job": {"bad": ["I1"]}}}, "job: I1"),
    ],
)
def test_anything_else_is_not(change: dict[str, Any], says: str):
    assert says in sanity_record.problems(result(**change))


def test_what_was_found_with_these_files_is_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    ran = list[str]()
    monkeypatch.setattr(sanity_record.sanity_run, "run", lambda words: ran.append(told(words)))

    def told(words: list[str]) -> str:
        (tmp_path / "job.json").write_text('{"seconds": 1}')
        return " ".join(words)

    def recorder(inputs: str) -> sanity_record.Recorder:
        target = sanity_targets.Target("job", "ours", tmp_path)
        return sanity_record.Recorder(
            [target], lambda target, *words: [*words], tmp_path, tmp_path, tmp_path, lambda _: None, inputs
        )

    for inputs, runs in (("abc", 1), ("abc", 1), ("def", 2)):
        one = recorder(inputs)
        assert one.run(one.targets[0], "job") == {"seconds": 1}
        assert len(ran) == runs
