"""Are the benchmark's numbers what was measured, and is a goal that is missed seen?"""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from devkit import bench, bench_numbers
from devkit.bench_numbers import GOALS, Goal, numbers, percentile, summary


def turn(calls: int, cpu: float = 0.5) -> dict[str, Any]:
    return {"calls": calls, "seconds": 2.0, "cpu": cpu}


def measured() -> dict[str, Any]:
    """A run with two rounds; the second one was disturbed, on both sides alike."""
    polls = {"big": turn(20_000), "small": turn(22_000), "empty": turn(24_000), "python": turn(200, 1.5)}
    disturbed = {name: turn(one["calls"] // 2, one["cpu"]) for name, one in polls.items()}
    memory = [("bench-big", 90), ("bench-big", 120), ("bench-small", 40), ("python", 150)]
    return {
        "live": 10_000,
        "rounds": 2,
        "callers": 16,
        "create": [
            {"connector": [10.0, 11.0, 30.0], "bare": [10.0, 10.0, 25.0], "unwatched": [9.0, 10.0, 11.0]},
            {"connector": [20.0, 22.0, 60.0], "bare": [20.0, 20.0, 50.0], "unwatched": [18.0, 20.0, 22.0]},
        ],
        "get": [
            one | {"api_calls": 0, "python_api_calls": one["python"]["calls"]} for one in (polls, disturbed)
        ],
        "memory": [
            {"process": name, "when": "after polls", "resident": size * 10**6, "peak": 2 * size * 10**6}
            for name, size in memory
        ],
        "restart_seconds": [1.5, 2.5, 2.0],
        "abort": {"calls": [5.0, 7.0], "seconds": 60.0, "left": 0},
        "cluster": {"kubernetes": "v1"},
    }


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([3, 1, 2], 0.5, 2),
        ([1, 2], 0.5, 1.5),
        ([5], 0.9, 5),
        ([0, 10], 0.25, 2.5),
        ([4, 1], 0, 1),
        ([4, 1], 1, 4),
    ],
)
def test_a_percentile_is_between_its_neighbours(values, share, expected):
    assert percentile(values, share) == expected


def test_no_values_have_no_percentile():
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_ratios_are_made_within_a_round():
    found = numbers(measured())
    assert found["create_p50_ratio_16"] == 1.1
    assert found["get_vs_empty_unary"] == 0.8333
    assert found["get_vs_python_connector"] == 100
    assert found["cost_ratio_10k_1k"] == 1.1
    assert found["api_calls_per_poll_python_connector"] == 1


def test_what_is_worst_is_reported():
    found = numbers(measured())
    assert (found["rss_mb_10k"], found["rss_mb_10k_peak"]) == (120, 240)
    assert found["restart_ready_seconds_10k"] == 2.5


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("api_calls_per_poll", lambda raw: raw["get"][0].update(api_calls=1)),
        ("left_after_abort_10k", lambda raw: raw["abort"].update(left=1)),
        ("rss_mb_10k", lambda raw: raw["memory"][0].update(resident=201 * 10**6)),
        ("restart_ready_seconds_10k", lambda raw: raw["restart_seconds"].append(5.1)),
        ("create_p50_ratio_16", lambda raw: [one.update(connector=[12.0, 24.0]) for one in raw["create"]]),
        ("get_vs_empty_unary", lambda raw: [one["empty"].update(calls=10**6) for one in raw["get"]]),
        ("get_vs_python_connector", lambda raw: [one["python"].update(calls=10**4) for one in raw["get"]]),
        ("cost_ratio_10k_1k", lambda raw: [one["small"].update(cpu=0.1) for one in raw["get"]]),
    ],
)
def test_a_missed_goal_is_seen(name, spoil):
    raw = measured()
    assert all(goal["met"] for goal in summary(raw, {})["goals"].values())
    spoilt = copy.deepcopy(raw)
    spoil(spoilt)
    goals = summary(spoilt, {})["goals"]
    assert [key for key, goal in goals.items() if not goal["met"]] == [name]


def test_a_goal_includes_its_bound():
    assert Goal(1.1).met(1.1)
    assert Goal(0.8, at_least=True).met(0.8)
    assert not Goal(0.8, at_least=True).met(0.79)
    assert str(Goal(50, at_least=True)) == "at least 50"


def test_the_file_has_the_numbers_by_name_and_where_they_come_from():
    result = json.loads(json.dumps(summary(measured(), {"date": "today"})))
    assert set(GOALS) <= set(result)
    assert result["about"] == {"date": "today", "live": 10_000, "rounds": 2, "callers": 16}
    curve = result["rounds"]["create_ms_by_share"]["connector"]
    assert curve == sorted(curve)
    assert (curve[0], curve[-1]) == (10, 60)
    assert "yes" in bench.table(result)


def test_a_record_says_what_it_depends_on():
    about = bench.about()
    assert len(about["inputs"]) == 16
    assert {"go", "python", "flytekit"} <= set(about["versions"])
    assert len(about["load_at_start"]) == 3


def test_a_smaller_run_is_no_record(capsys):
    with pytest.raises(SystemExit):
        bench.main(["--record", "--live", "10"])
    assert str(bench_numbers.LIVE) in capsys.readouterr().err
