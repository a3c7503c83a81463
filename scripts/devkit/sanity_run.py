"""How is connector-sanity run as a child, so that it can delete and end all of its own when this is stopped?

And what did it find? Its own words are far above, when several targets were looked at."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from connector_sanity.outcome import BAD
from devkit import process
from devkit.toolchain import ROOT

PATIENCE = 60.0  # seconds that it has to clean up


def run(command: Sequence[str], log: Path | None = None) -> int:
    """Run a command, with all that it prints in `log` or on the terminal, and return its exit code."""
    with (log or Path("/dev/null")).open("wb") as file:
        child = subprocess.Popen(
            list(command), cwd=ROOT, stdout=file if log else None, stderr=subprocess.STDOUT if log else None
        )
        try:
            return child.wait()
        except BaseException:
            with process.uninterrupted():
                child.terminate()
                try:
                    child.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    child.kill()
            raise


def failures(name: str, file: Path) -> Iterator[str]:
    """Yield a text for each check that is not as it has to be, from the JSON of a run; one when there is no JSON."""
    if not file.exists():
        yield f"{name}: the run has written no {file.name}: what it said is above"
        return
    for check in json.loads(file.read_text(encoding="utf-8"))["checks"]:
        if check["outcome"] in BAD:
            words = "\n".join(f"  {line}" for line in check["words"].splitlines())
            yield f"{name}: {check['id']} {check['outcome']}: {check['title']}\n{words}"
