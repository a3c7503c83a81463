"""Do the plots and numbers of the performance page show what was measured?"""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import measured
import plots
import pytest
from plots import Bar

from devkit.bench_numbers import GOALS

RESULT = json.loads(measured.RECORD.read_text(encoding="utf-8"))
SVG = "{http://www.w3.org/2000/svg}"


def widths(picture: str) -> list[float]:
    return [float(rect.attrib["width"]) for rect in ElementTree.fromstring(picture).iter(f"{SVG}rect")]


def test_bars_are_as_long_as_their_values():
    rows = [Bar("a", 10, "10"), Bar("b", 5, "5")]
    longest, half = widths(plots.bars("x", "X", rows))
    assert longest == 2 * half
    assert longest == plots.WIDTH - plots.LEFT - plots.RIGHT


def test_equal_factors_are_equal_steps_on_a_logarithmic_scale():
    one, ten, hundred = widths(
        plots.bars("x", "X", [Bar("", 10.0**n, "") for n in range(3)], logarithmic=True)
    )
    assert hundred - ten == pytest.approx(ten - one, abs=0.2)
    assert one > 0


@pytest.mark.parametrize("values", [[], [1, 0], [-1]])
def test_bars_without_length_are_refused(values):
    with pytest.raises(ValueError, match="above 0"):
        plots.bars("x", "X", [Bar("a", value, "") for value in values])


def test_a_curve_goes_through_its_values():
    picture = plots.curves("x", "X & Y", {"a<b": [0, 10], "c": [5, 5]}, "share", "ms")
    lines = [path.attrib["d"] for path in ElementTree.fromstring(picture).iter(f"{SVG}path")]
    rising, flat = (re.findall(r"[\d.]+", line) for line in lines if "L" in line)
    assert float(rising[1]) == plots.HEIGHT - plots.BOTTOM
    assert float(rising[3]) < float(flat[3]) < float(rising[1])
    assert flat[1] == flat[3]


@pytest.mark.parametrize("most", [0.4, 3, 17, 99, 1234])
def test_scales_have_a_few_round_steps(most):
    found = plots.steps(most)
    assert 3 <= len(found) <= 7
    assert found[0] == 0
    assert found[-1] <= most * 1.0001


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("create_p50_ratio_16", 1.084, "1.08"),
        ("get_vs_python_connector", 63.4, "63"),
        ("rss_mb_10k", 123.4, "123 MB"),
        ("get_per_second", 17654.3, "17,654"),
        ("restart_ready_seconds_10k", 2.345, "2.3 s"),
        ("api_calls_per_poll", 0.00002, "2e-05"),
        ("cpu_percent_10k", 1.44, "1.4 %"),
        ("about.date", "today", "today"),
        ("about.rounds", 6, "6"),
        ("about.load_at_start", [0.5, 2, 1.25], "0.5, 2, 1.25"),
        ("ratio_plugin", 1.0042, "1.00"),
        ("cpu_ms_flytekit", 1234.56, "1234.6 ms"),
        ("new_plugin", ["argparse", "secrets"], "argparse, secrets"),
    ],
)
def test_numbers_have_their_units(name, value, shown):
    first, _, second = name.partition(".")
    assert measured.show({first: {second: value} if second else value}, name) == shown


@pytest.mark.parametrize(
    ("text", "file", "name"),
    [
        ("rss_mb_10k", "bench.json", "rss_mb_10k"),
        ("about.date", "bench.json", "about.date"),
        ("imports:ratio_plugin", "imports.json", "ratio_plugin"),
        ("imports:about.versions.flytekit", "imports.json", "about.versions.flytekit"),
    ],
)
def test_a_name_may_be_that_of_another_record(text, file, name):
    path, found = measured.find(text)
    assert (path.name, found) == (file, name)
    assert measured.show(measured.read(path), found)


def test_a_number_that_was_not_measured_is_an_error():
    with pytest.raises(KeyError):
        measured.show(RESULT, "furlongs")


@pytest.mark.parametrize("name", measured.PLOTS)
def test_every_plot_can_be_drawn_from_the_record(name):
    assert ElementTree.fromstring(measured.PLOTS[name](RESULT)).attrib["role"] == "img"


def test_the_record_is_of_a_full_run_and_has_every_goal():
    assert RESULT["about"]["live"] == 10_000
    assert set(RESULT["goals"]) == set(GOALS)
    for name, goal in GOALS.items():
        assert RESULT["goals"][name] == {"goal": str(goal), "met": goal.met(RESULT[name])}
