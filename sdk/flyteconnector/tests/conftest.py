"""What do these tests share? A connector that is reachable by the environment variable, and faster
polling."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "workflows"))

import local_runs2
from fake_connector import FakeConnector, Runner

# What is for one Flyte only is imported where it is used: `make matrix` has environments with only one of the SDKs.


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark of connector-sanity's checks known to the tests that import them."""
    config.addinivalue_line("markers", "slow: takes minutes, so it runs with --slow only")


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., FakeConnector]]:
    """Return a function that starts a connector, of Flyte 1 or 2, and points local runs to it."""
    started = []

    def start(runner: Runner, kind: type[FakeConnector] | None = None) -> FakeConnector:
        if kind is None:
            from fake_connector1 import FakeConnector1 as kind
        started.append(kind(runner))
        monkeypatch.setenv("FLYTECONNECTOR_ENDPOINT", started[-1].endpoint)
        return started[-1]

    yield start
    for connector in started:
        connector.close()


@pytest.fixture
def instant(serve: Callable[..., FakeConnector], monkeypatch: pytest.MonkeyPatch) -> FakeConnector:
    """A connector whose tasks have finished when they are asked for the second time."""
    from fake_connector1 import Instantly

    monkeypatch.setattr("flyteconnector.runs.POLL_SECONDS", 0.01)
    return serve(Instantly())


@pytest.fixture
def real(serve: Callable[..., FakeConnector], tmp_path: Path) -> FakeConnector:
    """A connector that runs ``pyflyte-execute``."""
    from fake_connector1 import Processes

    return serve(Processes(tmp_path))


@pytest.fixture
def instant2(serve: Callable[..., FakeConnector], monkeypatch: pytest.MonkeyPatch) -> FakeConnector:
    """A connector of Flyte 2 whose tasks have finished when they are asked for the second time."""
    from fake_connector2 import FakeConnector2, Instantly2

    monkeypatch.setattr("flyteconnector.runs.POLL_SECONDS", 0.01)
    return serve(Instantly2(), FakeConnector2)


@pytest.fixture
def real2(serve: Callable[..., FakeConnector], tmp_path: Path) -> FakeConnector:
    """A connector of Flyte 2 that runs ``flyteconnector-a0``."""
    from fake_connector2 import FakeConnector2, Processes2

    return serve(Processes2(tmp_path), FakeConnector2)


@pytest.fixture
def run2(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Return a function that runs a task of Flyte 2 locally, as a user does, and returns its value or values."""
    import flyte

    names = []

    def run(task: Any, raw: str = str(tmp_path / "raw"), /, **inputs: Any) -> Any:
        names.append(local_runs2.new_name())
        context = flyte.with_runcontext(mode="local", name=names[-1], raw_data_path=raw)
        values = tuple(context.run(task, **inputs).outputs())
        return values[0] if len(values) == 1 else values

    yield run
    for name in names:
        local_runs2.forget(name)
