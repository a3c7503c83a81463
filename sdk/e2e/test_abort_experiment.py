"""Is it still so that an abort ends what a connector has started, and not what a pod has ordered as a side effect?

The experiment is run again, and its outcome compared with that of the record which the site shows.
"""

from __future__ import annotations

import json

import pytest

from devkit import experiment
from devkit.experiment_meter import census
from devkit.experiment_rows import AFTER, PRICE, ROWS

SECONDS_TO_STOP = 10.0  # on a busy machine; the record shows what is usual
WORKERS = 2
pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def result(cluster, session_connector, tmp_path_factory):
    return experiment.run(cluster, session_connector, tmp_path_factory.mktemp("experiment"), print)


@pytest.mark.parametrize("name", [row.name for row in ROWS if row.stops])
def test_it_stops(result, name):
    found = result["rows"][name]
    assert found["stopped_after"] is not None, "workers are alive long after the abort"
    assert found["stopped_after"] < SECONDS_TO_STOP
    assert found["live_at_end"] == 0


@pytest.mark.parametrize("name", [row.name for row in ROWS if not row.stops])
def test_it_goes_on_and_goes_on_costing(result, name):
    found = result["rows"][name]
    assert (found["stopped_after"], found["live_at_end"]) == (None, WORKERS)
    assert found["dollars_after"] == pytest.approx(PRICE * WORKERS * AFTER, rel=0.1)
    assert found["state"] == "running"


def test_what_the_service_bills_is_what_the_meter_has_counted(result):
    bills = [row for row in result["rows"].values() if "billed" in row]
    assert len(bills) == len(ROWS) - 1, "all but the Job, for which nobody writes a bill"
    for found in bills:
        assert found["billed"] == pytest.approx(found["metered"], rel=0.05, abs=PRICE * WORKERS)


def test_a_lease_ends_a_job_that_nobody_has_aborted(result):
    assert result["rows"]["lease-cut"]["state"] == "expired"


def test_afterwards_no_worker_is_left(result):
    names = {f"{result['mark']}-{number}-worker" for number in range(len(ROWS))}
    assert census(names) == dict.fromkeys(names, 0)


def test_the_record_that_the_site_shows_has_the_same_outcome(result):
    record = json.loads(experiment.SHOWN.read_text())

    def shape(it):
        rows = {
            name: (sorted(row), row["stopped_after"] is None, row["state"])
            for name, row in it["rows"].items()
        }
        return sorted(it["about"]), rows

    assert shape(record) == shape(result), "`make experiment ARGS=--record` makes it anew"
