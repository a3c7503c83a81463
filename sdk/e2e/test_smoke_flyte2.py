"""Does the smoke test find what is wrong with a Flyte 2, and nothing where all is well? A scripted engine plays Flyte.

The connector, the Jobs, the pods, kubectl and Flyte 2's SDK are real.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from scripted_engine2 import ScriptedEngine2
from scripted_run import Script
from smoke_tried import INTERRUPTS, Tried, as_the_site_shows, nothing_is_left_of_an_interrupted_one

from devkit.cluster import NAMESPACE

FLAGS = ("--flyte2", "--namespace", NAMESPACE)
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def tried(cluster, session_connector, tmp_path: Path) -> Iterator[Callable[..., Tried]]:
    """Return a function that starts an engine; fails when the SDK has called what nobody plays."""
    with contextlib.ExitStack() as engines:

        def start(**script: object) -> Tried:
            engine = ScriptedEngine2(tmp_path, cluster, session_connector, Script(**script))
            started.append(engine)
            return Tried(engines.enter_context(engine), "run", cluster, tmp_path, FLAGS)

        started: list[ScriptedEngine2] = []
        yield start
        assert [call for engine in started for call in engine.unexpected] == []


def test_on_a_flyte_2_where_all_is_well_it_says_so_and_prints_what_the_site_shows(tried):
    it = tried()
    assert it.run() == 0, it.text()
    assert [check["ok"] for check in it.checks().values()] == [True] * 9
    assert it.left() == []
    assert it.phases() == {"SUCCEEDED", "FAILED", "ABORTED"}
    assert set(it.engine.calls) == it.engine.played, "what is played and never called can go"
    command = f"python -m devkit.smoke {' '.join(it.words())}"
    as_the_site_shows("smoke_flyte2", command, it.text(), it.folder)


def test_a_flyte_2_that_does_not_know_the_plugin_is_found_by_its_plain_pod(tried):
    it = tried(configured=False)
    assert it.run() == 1
    checks = it.checks()
    for name in ("result", "no plain pod"):
        assert re.search(r"plain pod|^pod smoke-\w{6}-0-a0-0$", checks[name]["seen"]), it.text()
        assert "supportedTaskTypes" in checks[name]["look"]
    assert checks["abort"]["ok"] is None, "it would fare no better"
    assert checks["nothing left"]["ok"] is True
    assert it.left() == []


def test_on_a_flyte_2_an_abort_that_deletes_nothing_is_found_and_cleaned_up(tried):
    it = tried(deletes=False)
    assert it.run("--only", "abort", "--gone", "4") == 1
    assert re.search(r"there is still Job linger-\w{12}; pod linger-", it.checks()["abort"]["seen"]), (
        it.text()
    )
    assert it.checks()["nothing left"]["ok"] is True
    assert it.left() == []


@INTERRUPTS
def test_on_a_flyte_2_nothing_is_left_of_a_smoke_test_that_is_interrupted(tried, number: int, code: int):
    nothing_is_left_of_an_interrupted_one(tried(), number, code)
