"""What do these tests share? A connector that is reachable by the environment variable, and faster
polling."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "workflows"))

from fake_connector import FakeConnector, Instantly, Processes, Runner


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Runner], FakeConnector]]:
    """Return a function that starts a connector and points local runs to it."""
    started = []

    def start(runner: Runner) -> FakeConnector:
        started.append(FakeConnector(runner))
        monkeypatch.setenv("FLYTECONNECTOR_ENDPOINT", started[-1].endpoint)
        return started[-1]

    yield start
    for connector in started:
        connector.close()


@pytest.fixture
def instant(serve: Callable[[Runner], FakeConnector], monkeypatch: pytest.MonkeyPatch) -> FakeConnector:
    """A connector whose tasks have finished when they are asked for the second time."""
    monkeypatch.setattr("flyteconnector.runs.POLL_SECONDS", 0.01)
    return serve(Instantly())


@pytest.fixture
def real(serve: Callable[[Runner], FakeConnector], tmp_path: Path) -> FakeConnector:
    """A connector that runs ``pyflyte-execute``."""
    return serve(Processes(tmp_path))
