"""Is what the tests in a browser say added up as it should be?"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from devkit import web_results
from devkit.web_results import Results


def report(when: str = "teardown", failed: bool = False, **said: Any) -> Any:
    return SimpleNamespace(when=when, failed=failed, nodeid="a test", user_properties=list(said.items()))


def test_counts_are_added_and_the_largest_page_is_named() -> None:
    results = Results("the hash")
    for each in (
        report(axe_serious=0, max_page_kib=(200.04, "a")),
        report(axe_serious=2, max_page_kib=[210.0, "b"]),
        report(max_page_kib=[100.0, "c"]),
    ):
        results.pytest_runtest_logreport(each)
    found = results.summary()
    assert (found["axe_serious"], found["max_page_kib"], found["max_page_is"]) == (2, 210.0, "b")
    assert (found["ok"], found["inputs"], found["tests"], found["copies"]) == (True, "the hash", 3, 0)


def test_a_property_counts_once_though_each_report_of_a_test_has_it() -> None:
    results = Results("")
    for when in ("setup", "call", "teardown"):
        results.pytest_runtest_logreport(report(when, searches=1))
    assert results.summary()["searches"] == 1


def test_a_failure_at_any_moment_is_a_failure() -> None:
    results = Results("")
    results.pytest_runtest_logreport(report("setup", failed=True))
    assert (results.summary()["ok"], results.summary()["failed"]) == (False, ["a test"])


@pytest.mark.parametrize(
    ("option", "args", "before", "written"),
    [
        ({}, ["docs/web"], "now", True),
        ({"keyword": "axe"}, ["docs/web"], "now", False),
        ({}, ["docs/web/test_site.py"], "now", False),
        ({}, ["docs/web"], "then", False),
    ],
    ids=["all of it", "some by name", "some by file", "the sources changed"],
)
def test_only_all_tests_on_unchanged_sources_are_a_result(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    option: dict[str, str],
    args: list[str],
    before: str,
    written: bool,
) -> None:
    monkeypatch.setattr(web_results, "inputs", lambda: "now")
    monkeypatch.setattr(web_results, "ROOT", tmp_path)
    monkeypatch.setattr(web_results, "RESULT", tmp_path / "build" / "web.json")
    chosen = SimpleNamespace(**({"keyword": "", "markexpr": "", "deselect": None} | option))
    session: Any = SimpleNamespace(config=SimpleNamespace(option=chosen, args=args))
    Results(before).pytest_sessionfinish(session)
    assert (tmp_path / "build" / "web.json").exists() is written
