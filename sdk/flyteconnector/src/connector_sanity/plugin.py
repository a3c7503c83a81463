"""Which functions run, in which order, and who hears what came of them? A pytest plugin, started by the command."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from connector_sanity.fixtures import SETTINGS
from connector_sanity.registry import CHECKS, Check
from connector_sanity.report import Report, of, order
from connector_sanity.settings import Settings


class Plugin:
    """The hooks of one run."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self.report = settings, Report(settings, self._line)
        self._say: Callable[[str], object] = print

    def _line(self, text: str) -> None:
        self._say(text)

    def pytest_configure(self, config: pytest.Config) -> None:
        """Make the marks of the checks known, and the settings."""
        config.addinivalue_line("markers", "slow: takes minutes, so it runs with --slow only")
        config.stash[SETTINGS] = self._settings
        capture = config.pluginmanager.getplugin("capturemanager")

        def say(text: str) -> None:
            with capture.global_and_fixture_disabled():
                print(text, flush=True)

        self._say = say

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run a check that says so (`@each_flyte`) once for each Flyte, and one with `state` once for each state."""
        settings = self._settings
        if "state" in metafunc.fixturenames:
            metafunc.parametrize("state", list(settings.profile.states))
        if getattr(metafunc.function, "each_flyte", False):
            dialects = settings.profile.dialects
            metafunc.parametrize("flyte", dialects, indirect=True, ids=lambda number: f"flyte{number}")
        if settings.repeat > 1:
            metafunc.fixturenames.append("time")
            metafunc.parametrize("time", range(1, settings.repeat + 1), ids=lambda number: f"time{number}")

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out what was not asked for, or cannot be checked with what was given; sort the rest by check."""
        self._known()
        left_out = [item for item in items if not self._runs(item)]
        items[:] = sorted((item for item in items if item not in left_out), key=self._place)
        config.hook.pytest_deselected(items=left_out)

    def _known(self) -> None:
        """Raise UsageError when ids were asked for, or are expected to fail, that no check has."""
        for option, ids in (("--only", self._settings.only), ("expected failures", self._settings.expected)):
            if unknown := sorted(set(ids) - set(CHECKS)):
                raise pytest.UsageError(f"{option}: there is no check {', '.join(unknown)}; --list shows all")

    def _runs(self, item: pytest.Item) -> bool:
        check, settings = of(item), self._settings
        if check is None or (settings.only and check.id not in settings.only):
            return False
        level = check.level.name
        if level not in settings.levels:
            return False
        if level not in settings.able():
            self.report.leave_out(check, settings.why_not(level))
            return False
        if item.get_closest_marker("slow") and not settings.slow:
            self.report.leave_out(check, "it takes minutes, and --slow was not given", slow=True)
            return False
        return True

    @staticmethod
    def _place(item: pytest.Item) -> tuple[int, int]:
        check: Check | None = of(item)
        return order(check.id) if check else (0, 0)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Say what is wrong with a module of checks that cannot be imported."""
        if report.failed:
            self._say(f"{report.nodeid}\n{report.longreprtext}")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Say what is to be done."""
        self.report.begin(session.items)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Iterator[None]:
        """Keep what each function of a check came to."""
        outcome = yield
        self.report.keep(item, outcome.get_result())  # type: ignore[attr-defined]

    def pytest_report_teststatus(self) -> tuple[str, str, str]:
        """Keep pytest silent: the report has a line for each check."""
        return "", "", ""

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Tell all; an expected failure that passes makes the run fail, and so does a run that looked at nothing."""
        if exitstatus in (
            pytest.ExitCode.OK,
            pytest.ExitCode.TESTS_FAILED,
            pytest.ExitCode.NO_TESTS_COLLECTED,
        ):
            bad = self.report.end()
            if bad and exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED


def each_flyte(function):  # type: ignore[no-untyped-def]
    """Run a check's function once for each Flyte of the profile."""
    function.each_flyte = True
    return function
