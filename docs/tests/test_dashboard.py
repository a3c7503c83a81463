"""Is the picture of the dashboard what its queries returned, of the dashboard as it is now?"""

from __future__ import annotations

import copy
import re
from xml.etree import ElementTree

import dashboard
import dashboard_plots as plots
import pytest

from devkit import dashboard as recorder
from devkit import dashboard_board as board

PANELS = board.panels(board.read())
SVG = "{http://www.w3.org/2000/svg}"
AGAIN = "kustomize's dashboard.json has changed: `make dashboard ARGS=--record` asks its queries anew"


@pytest.fixture
def record() -> dict:
    return copy.deepcopy(dashboard.read())


def parts(picture: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(picture).iter("figure"))


def test_every_panel_is_recorded_with_the_queries_that_it_has_now(record):
    want = [(panel.title, [query.expr for query in panel.queries]) for panel in PANELS]
    assert [(each["title"], each["queries"]) for each in record["panels"]] == want, AGAIN


def test_the_variables_were_those_that_grafana_would_offer(record):
    assert record["choices"]["job"] == ["larkspur-connector"]
    assert "larkspur_job" in record["choices"]["task_type"]
    step, scrape = record["about"]["step"], record["about"]["scrape"]
    assert record["variables"]["__rate_interval"] == board.rate_interval(step, scrape)


def test_every_query_has_returned_something(record):
    assert [each["title"] for each in record["panels"] if not recorder.answered(each)] == []


def test_each_line_has_a_place_for_each_step(record):
    places = record["about"]["seconds"] // record["about"]["step"] + 1
    lengths = {len(line) for each in record["panels"] for line in each["lines"].values()}
    assert lengths == {places}


def test_the_picture_has_all_rows_and_panels_in_the_order_of_the_file(record):
    picture = dashboard.picture(PANELS, record)
    assert [part.find("figcaption").text for part in parts(picture)] == [panel.title for panel in PANELS]
    rows = [row.text for row in ElementTree.fromstring(picture).iter("p") if row.get("class") == "row"]
    assert rows == list(dict.fromkeys(panel.row for panel in PANELS))


def test_a_panel_without_an_answer_says_so(record):
    record["panels"][4]["lines"] = {}
    record["panels"][5]["lines"] = {"GetTask": [None, None]}
    shown = parts(dashboard.picture(PANELS, record))
    assert [shown[place].find("p").text for place in (4, 5)] == ["no data", "no data"]
    assert shown[6].find(f"{SVG}svg") is not None


def test_a_panel_with_another_query_is_not_drawn_and_the_note_names_it(record):
    record["panels"][4]["queries"] = ["up"]
    assert parts(dashboard.picture(PANELS, record))[4].find("p").text == dashboard.OTHER
    assert f"another query since: {PANELS[4].title}." in dashboard.note(record, PANELS, "")


def test_a_record_that_files_have_outrun_says_so(record):
    assert "have changed since" not in dashboard.note(record, PANELS, record["about"]["inputs"])
    assert "have changed since" in dashboard.note(record, PANELS, "something else")


def test_what_happened_has_the_numbers_of_the_marks(record):
    curves = plots.curves("Calls", "reqps", {"a": [0.0, 1.0]}, [at for at, _ in record["story"]], 240)
    assert curves.count('class="mark"') == len(record["story"]) == len(dashboard.story(record))


@pytest.mark.parametrize(
    ("value", "unit", "want"),
    [
        (0, "short", "0"),
        (1234.5, "short", "1.23e+03"),
        (0.5, "percentunit", "50 %"),
        (0.2, "reqps", "0.2 req/s"),
        (1.5, "s", "1.5 s"),
        (0.0123, "s", "12.3 ms"),
        (45e6, "bytes", "42.9 MiB"),
        (0, "bytes", "0 GiB"),
    ],
)
def test_a_number_has_its_unit(value: float, unit: str, want: str):
    assert plots.shown(value, unit) == want


def test_a_larger_value_is_higher_and_a_gap_is_no_line():
    assert plots.path([0, 5, None, 10], 10, 90, 100) == "M0.0 100.0h0L30.0 50.0M90.0 0.0h0"


def test_lines_that_stay_at_0_are_named_together():
    text = plots.legend({"a": [0.0, 0.0], "b": [0.0, 2.0], "c": [0.0, None], "d": [None]}, "short")
    assert re.findall(r"at 0: ([\w, ]+)<", text) == ["a, c"]
    assert re.findall(r"no value: ([\w, ]+)<", text) == ["d"]
    assert "b <b>2</b>" in text


def test_of_many_lines_that_stay_at_0_only_the_number_is_said():
    lines = {str(number): [0.0, 0.0] for number in range(40)} | {"b": [0.0, 2.0]}
    assert "at 0: 40 lines more" in plots.legend(lines, "short")
    assert plots.curves("Calls", "short", lines, [], 5).count("line flat") == 1


def test_a_screen_reader_is_told_the_span_of_each_line():
    lines = {"a": [0.0, 2.0], "b": [None], "c": [0.0]}
    assert plots.said("Calls", "reqps", lines) == "Calls: a 0 req/s to 2 req/s; at 0: c; no value: b"
    assert plots.said("Calls", "reqps", {}) == "Calls: no data"


def during(record: dict, title: str, name: str, first: int, last: int) -> list[float]:
    """Return what a line had from one second to another."""
    line = next(each["lines"][name] for each in record["panels"] if each["title"] == title)
    step = record["about"]["step"]
    return plots.numbers(line[first // step : last // step + 1])


def test_what_the_page_says_about_the_run_is_recorded(record):
    away, forbidden = (
        next(second for second, words in record["story"] if part in words) for part in ("cannot reach", "403")
    )
    failing = next(each["lines"] for each in record["panels"] if each["title"] == "Calls that failed")
    assert not any(any(plots.numbers(line)) for name, line in failing.items() if name.startswith("GetTask"))
    assert max(during(record, "Requests", "GET <error>", away, away + 12)) > 0
    assert max(during(record, "Odd", "larkspur_job api_retry", away, away + 12)) > 0
    for replica in ("replica-1", "replica-2"):
        assert not any(during(record, "Watches that failed", f"{replica} jobs.batch", 0, forbidden - 1))
        assert any(during(record, "Watches that failed", f"{replica} jobs.batch", forbidden, forbidden + 20))
    assert 8 < max(during(record, "99 of 100 calls are faster", "CreateTask", away, away + 20)) < 10
    assert min(during(record, "Replicas", "replicas", 0, 240)) == 1
