"""What did pytest do in a row's environment, and with which versions? A plugin of pytest, for `devkit.matrix` alone.

`pytest -p devkit.matrix_report` writes it as JSON to the file that MATRIX_REPORT names. Standard library only: it runs
with whatever the row has.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
from pathlib import Path
from typing import Any

VARIABLE = "MATRIX_REPORT"
# The distributions whose versions a reader may want to compare with; an environment has some of them.
SHOWN = ("flytekit", "flyteidl", "flyte", "flyteidl2", "protobuf", "grpcio")
OUTCOMES = ("passed", "failed", "error", "skipped", "xfailed", "xpassed", "deselected")


def versions() -> dict[str, str]:
    """Return what this environment really holds, by its own metadata."""
    here = {found.metadata["Name"]: found.version for found in importlib.metadata.distributions()}
    return {name: here[name] for name in SHOWN if name in here}


def said(report: Any) -> str:
    """Return a test's name and one line about why it failed."""
    lines = str(report.longrepr).strip().splitlines() or ["no reason given"]
    crash = getattr(report.longrepr, "reprcrash", None)
    reason = crash.message.splitlines()[0] if crash and crash.message else lines[-1].removeprefix("E").strip()
    return f"{report.nodeid}: {reason}"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Write what the summary is made of."""
    stats = terminalreporter.stats
    found = {
        "python": platform.python_version(),
        "versions": versions(),
        "tests": {outcome: len(stats.get(outcome, [])) for outcome in OUTCOMES},
        "failures": [said(report) for outcome in ("failed", "error") for report in stats.get(outcome, [])],
    }
    Path(os.environ[VARIABLE]).write_text(json.dumps(found), encoding="utf-8")
