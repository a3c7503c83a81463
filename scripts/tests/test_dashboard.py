"""Are the dashboard's queries asked as Grafana would ask them, and is what came back written down as it was?"""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from devkit import dashboard
from devkit import dashboard_board as board
from devkit.dashboard_scrape import Scraper
from devkit.dashboard_tasks import Agenda, Controller

PANEL = board.Panel(
    "Row", "Calls", "", "timeseries", "reqps", 8, (board.Query("sum(x)", "{{method}} {{ code }}"),)
)
BEGAN, ENDED = 1_000_000, 1_021_000  # milliseconds


def test_every_panel_of_the_dashboard_is_read_with_its_row():
    file = board.read()
    found = board.panels(file)
    assert [panel.title for panel in found] == [
        each["title"] for each in file["panels"] if each["type"] != "row"
    ]
    rows = [each["title"] for each in file["panels"] if each["type"] == "row"]
    assert list(dict.fromkeys(panel.row for panel in found)) == rows
    assert all(panel.queries for panel in found)


def test_no_variable_of_the_dashboard_is_unknown():
    file = board.read()
    values = {"__rate_interval": "6s"}
    for each in board.variables(file):
        assert "$" not in board.filled(each.expr, values)
        values[each.name] = each.every or "one"
    for panel in board.panels(file):
        for query in panel.queries:
            assert "$" not in board.filled(query.expr, values)


def test_a_panel_of_another_kind_is_refused():
    with pytest.raises(ValueError, match=r"panel 'Tasks' is a piechart; want stat or timeseries"):
        board.panels({"panels": [{"title": "Tasks", "type": "piechart"}]})


def test_a_variable_that_is_no_list_of_labels_is_refused():
    other = {"name": "job", "type": "query", "query": "query_result(up)"}
    with pytest.raises(ValueError, match=r"variable job: 'query_result\(up\)' is no label_values"):
        board.variables({"templating": {"list": [other]}})


@pytest.mark.parametrize(
    ("expr", "want"),
    [
        ('up{job="$job"}', 'up{job="larkspur"}'),
        ("rate(x[$__rate_interval])", "rate(x[6s])"),
        ("up", "up"),
    ],
)
def test_values_take_the_places_of_variables(expr: str, want: str):
    assert board.filled(expr, {"job": "larkspur", "__rate_interval": "6s"}) == want


def test_a_variable_that_nobody_knows_is_an_error():
    with pytest.raises(ValueError, match=r"nobody knows \$jobs"):
        board.filled('up{job="$jobs"}', {"job": "larkspur"})


@pytest.mark.parametrize(
    ("step", "scrape", "want"), [(5, 1, "6s"), (1, 1, "4s"), (15, 15, "60s"), (300, 15, "315s")]
)
def test_the_rate_interval_is_four_scrapes_or_a_step_and_a_scrape(step: int, scrape: int, want: str):
    assert board.rate_interval(step, scrape) == want


def test_a_line_has_a_value_for_each_step_and_none_for_a_gap():
    points = [[1_000_000, 1.0], [1_005_000, 0.123456], [1_020_000, 4.0]]
    assert dashboard.line(points, BEGAN, ENDED) == [1.0, 0.1235, None, None, 4.0]


def test_lines_are_called_as_the_legend_says_in_the_order_of_the_alphabet():
    some = [
        {"labels": {"method": "b", "code": "OK"}, "points": []},
        {"labels": {"method": "a"}, "points": []},
    ]
    assert list(dashboard.lines(PANEL, {"Calls 0": some}, BEGAN, ENDED)) == ["a", "b OK"]


def test_two_lines_of_one_name_are_an_error():
    same = [{"labels": {"method": "a", "pod": pod}, "points": []} for pod in "xy"]
    with pytest.raises(ValueError, match=r"panel 'Calls' has two lines that are called 'a'"):
        dashboard.lines(PANEL, {"Calls 0": same}, BEGAN, ENDED)


def test_a_packed_record_is_the_same_record_with_lines_of_numbers():
    made = {"about": {"step": 5}, "panels": [{"title": "Calls", "lines": {"a": [1.0, None, 2.5]}}]}
    text = dashboard.packed(made)
    assert json.loads(text) == made
    assert '"a": [ 1.0, null, 2.5 ]' in text


def test_the_table_says_which_panel_has_no_data():
    made = {
        "panels": [{"title": "Calls", "lines": {"a": [1.0, 3.0], "b": [None]}}, {"title": "Odd", "lines": {}}]
    }
    calls, odd = dashboard.table(made).splitlines()
    assert calls.endswith("2 lines, at most 3")
    assert odd.endswith("no data")


class Page(BaseHTTPRequestHandler):
    """Serves one sample."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"up 1\n")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_page_is_kept_for_each_scrape_and_an_empty_one_where_nobody_answers(tmp_path):
    with HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        pages = {"here": f"http://127.0.0.1:{server.server_port}/", "nowhere": "http://127.0.0.1:1/"}
        with Scraper(tmp_path, pages) as scraper:
            time.sleep(0.3)
        server.shutdown()
    name = f"{scraper.began}.txt"
    assert (tmp_path / "here" / name).read_text() == "up 1\n"
    assert (tmp_path / "nowhere" / name).read_bytes() == b""


def test_what_is_planned_is_done_and_may_plan_more():
    agenda, done = Agenda(), []
    agenda.after(0.05, lambda: agenda.after(0.05, done.append, "then"))
    agenda.after(60, done.append, "never")
    agenda.run(0.4)
    assert done == ["then"]


def test_an_error_of_what_is_planned_ends_the_run():
    agenda = Agenda()
    agenda.after(0, lambda: 1 // 0)
    began = time.monotonic()
    with pytest.raises(ZeroDivisionError):
        agenda.run(30)
    assert time.monotonic() - began < 5


class Jobs:
    """A cluster and an operator with one Job, which says what was done to it."""

    def __init__(self, name: str) -> None:
        self.it = {"metadata": {"uid": "u", "labels": {"execution-id": name}}}
        self.done: list[str] = []

    def all(self) -> list:
        return [self.it]

    def play(self, it: dict, state: str) -> None:
        self.done.append(state)
        if state != "running":
            it["status"] = {"conditions": [state]}

    def delete(self, it: dict) -> None:
        self.done.append("deleted")
        it["metadata"]["deletionTimestamp"] = "now"


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("d1-0-succeeds", ["running", "succeeded"]),
        ("d1-0-fails", ["running", "failed"]),
        ("d1-0-lost", ["running", "deleted"]),
    ],
)
def test_a_job_ends_as_the_name_of_its_task_says(name: str, want: list[str], monkeypatch):
    for number, seconds in {"PAUSE": 0.02, "STARTS": 0.1, "RUNS": 0.4}.items():
        monkeypatch.setattr(f"devkit.dashboard_tasks.{number}", seconds)
    jobs = Jobs(name)
    with Controller(jobs, jobs):
        time.sleep(0.8)
    assert jobs.done == want


def test_an_error_of_the_job_controller_ends_the_block():
    with pytest.raises(AttributeError), Controller(None, None):
        time.sleep(0.7)
