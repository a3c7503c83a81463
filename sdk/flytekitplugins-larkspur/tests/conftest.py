"""What do these tests share? The folder with the tasks that they run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from larkspur_spec import names

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "workflows"))


@pytest.fixture(autouse=True)
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no setting of the caller's shell decide where tasks run."""
    for name in (
        "FLYTECONNECTOR_ENDPOINT",
        # part:job begin
        names.INDEX_VARIABLE,
        names.COUNT_VARIABLE,
        # part:job end
        # step:pyspark begin
        names.SPARK_VARIABLE,
        # step:pyspark end
    ):
        monkeypatch.delenv(name, raising=False)
