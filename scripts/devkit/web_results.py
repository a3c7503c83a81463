"""What did the tests in a browser find, taken together? build/web.json: `pytest -p devkit.web_results docs/web`.

Tests say what they found with pytest's record_property, under the names of COUNTS and MOST. Counts are added; of MOST
the largest is kept, with its page. A run of some of the tests leaves the file as it is.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from devkit import freshness, slices
from devkit.toolchain import ROOT

RESULT = ROOT / "build" / "web.json"
COUNTS = (
    "axe_pages",
    "axe_views",  # a page is looked at in two schemes and two widths
    "axe_serious",
    "foreign_requests",
    "searches",
    "copies",
    "downloads",
)
MOST = ("max_page_kib", "search_page_kib")
# What the site is made of, and the tests of it; results of other sessions, which pages show, are not here.
INPUTS = (
    "docs/",
    "examples/",
    "go/plugins/",
    "proto/larkspur/",
    "requirements/docs.txt",
    "scripts/devkit/web_",
)


def inputs() -> str:
    """Return the hash of what the results depend on; not on the summary of all results, in which these will be."""
    digest = hashlib.sha256()
    names = (name for name in slices.tracked() if name != freshness.SUMMARY)
    for name in sorted(name for name in names if name.startswith(INPUTS)):
        digest.update(name.encode() + b"\0" + (ROOT / name).read_bytes())
    return digest.hexdigest()


class Results:
    """What the tests of one run have said so far."""

    def __init__(self, before: str) -> None:
        self.before, self.began = before, time.monotonic()
        self.counts: Counter[str] = Counter(dict.fromkeys(COUNTS, 0))
        self.most: dict[str, tuple[float, str]] = {}
        self.tests = 0
        self.failed: list[str] = []

    def add(self, name: str, value: Any) -> None:
        """Take note of one property: a number to add, or a pair of a number and a page."""
        if name in COUNTS:
            self.counts[name] += value
        elif name in MOST:
            self.most[name] = max(self.most.get(name, (0.0, "")), (value[0], value[1]))

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)
        if report.when == "teardown":
            self.tests += 1
            for name, value in report.user_properties:
                self.add(name, value)

    def summary(self) -> dict[str, Any]:
        """Return what build/web.json says."""
        found: dict[str, Any] = {"ok": not self.failed, "inputs": self.before}
        found |= {name: self.counts[name] for name in COUNTS}
        for name, (value, page) in self.most.items():
            found |= {name: round(value, 1), f"{name.removesuffix('_kib')}_is": page}
        found |= {"tests": self.tests, "failed": sorted(set(self.failed))}
        return found | {"seconds": round(time.monotonic() - self.began, 1)}

    @pytest.hookimpl
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        chosen = session.config.option
        if chosen.keyword or chosen.markexpr or chosen.deselect or session.config.args != ["docs/web"]:
            return
        if inputs() != self.before:
            print(f"\n{RESULT.relative_to(ROOT)} is not written: the sources changed while the tests ran")
            return
        write(RESULT, self.summary())


def write(path: Path, summary: dict[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Collect in the one process to which all reports come: with xdist that is not the one that runs tests."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Results(inputs()), "web-results-of-this-run")
