"""What do these tests share? The folder with the tasks that they run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "workflows"))


@pytest.fixture(autouse=True)
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no setting of the caller's shell decide where tasks run."""
    for name in (
        "FLYTECONNECTOR_ENDPOINT",
        "JOB_COMPLETION_INDEX",
        "LARKSPUR_WORKER_COUNT",
        "LARKSPUR_SPARK",
    ):
        monkeypatch.delenv(name, raising=False)
