"""Does the smoke test find what is wrong with a Flyte, and nothing where all is well? A scripted engine plays Flyte.

The connector, the Jobs, the pods and kubectl are real.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import making
import pytest
from scripted_engine import ScriptedEngine
from scripted_run import Script
from smoke_tried import INTERRUPTS, Tried, as_the_site_shows, nothing_is_left_of_an_interrupted_one

from devkit.cluster import binaries

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def tried(cluster, session_connector, tmp_path: Path) -> Iterator[Callable[..., Tried]]:
    with contextlib.ExitStack() as engines:

        def start(**script: object) -> Tried:
            engine = ScriptedEngine(tmp_path, cluster, session_connector, Script(**script))
            return Tried(engines.enter_context(engine), "execution-id", cluster, tmp_path)

        yield start


def test_where_all_is_well_it_says_so_and_prints_what_the_site_shows(tried):
    it = tried()
    (temporary := it.folder / "tmp").mkdir()
    path = os.pathsep.join([str(binaries()), making.environment(temporary)["PATH"]])
    printed = making.all_of("smoke", temporary, ARGS=" ".join(it.words()), PATH=path)
    assert [check["ok"] for check in it.checks().values()] == [True] * 9
    assert it.left() == []
    assert it.phases() == {"SUCCEEDED", "FAILED", "ABORTED"}
    assert list(temporary.iterdir()) == [], "temporary files are left"
    as_the_site_shows("smoke", f"make smoke ARGS='{' '.join(it.words())}'", printed, it.folder)


def test_a_flyte_that_does_not_know_the_plugin_is_found_by_its_plain_pod(tried):
    it = tried(configured=False)
    assert it.run(report="report.xml") == 1
    suite = ElementTree.parse(it.folder / "report.xml").getroot()
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    for name in ("result", "no plain pod"):
        failure = cases[name].find("failure")
        assert failure is not None, it.text()
        assert re.search(r"plain pod|^pod smoke-\w{6}-0-n0-0$", failure.get("message"))
        assert "connectorForTaskTypes" in failure.text
    assert cases["resource"].find("failure").get("message").startswith("no jobs.batch, with 0 of 1 pods")
    for name in ("links", "error", "abort"):  # which would fare no better
        assert cases[name].find("skipped").get("message") == "not tried"
    assert cases["nothing left"].find("failure") is None
    assert len(it.engine.runs) == 1
    assert it.left() == []
    command = f"python -m devkit.smoke {' '.join(it.words('report.xml'))}"
    as_the_site_shows("smoke_plain_pod", command, it.text(), it.folder)


def test_an_abort_that_deletes_nothing_is_found_and_cleaned_up(tried):
    it = tried(deletes=False)
    assert it.run("--only", "abort", "--gone", "4") == 1
    checks = it.checks()
    assert set(checks) == {"kubernetes", "register", "abort", "nothing left"}
    assert checks["abort"]["ok"] is False
    assert re.search(r"after \d\.\d s there is still Job linger-\w{12}; pod linger-", checks["abort"]["seen"])
    assert "DeleteTask" in checks["abort"]["look"]
    assert checks["nothing left"]["ok"] is True
    assert it.left() == []


def test_an_error_without_the_users_words_is_found(tried):
    it = tried(words="the task failed")
    assert it.run("--only", "error") == 1
    assert it.checks()["error"]["seen"] == "FAILED: TaskFailedWithError: the task failed"
    assert it.left() == []


def test_a_failure_that_flyte_takes_for_a_success_is_found(tried):
    it = tried(ignores_failures=True)
    assert it.run("--only", "error") == 1
    assert it.checks()["error"]["seen"].endswith("SUCCEEDED, and its function has raised")
    assert it.left() == []


@INTERRUPTS
def test_nothing_is_left_of_a_smoke_test_that_is_interrupted(tried, number: int, code: int):
    nothing_is_left_of_an_interrupted_one(tried(), number, code)
