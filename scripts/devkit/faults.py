"""What does the connector do when something breaks, and what does the user of Flyte see? `make faults` tries each row.

The rows are in faults.toml. A control plane without a node is started for them; the kit plays the Job controller and
Flyte's engine. Writes build/faults.json; `--record` also docs/records/faults.json, which a page shows.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import platform
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devkit import build, freshness, process, runs
from devkit.process import ChildError
from devkit.toolchain import ROOT, ToolchainError

ROWS = Path(__file__).with_suffix(".toml")
RESULT, SHOWN = (ROOT / folder / "faults.json" for folder in ("build", "docs/records"))
INPUTS = (
    "go/connector",
    "go/plugins/job",
    "scripts/devkit/faults*",
    "sdk/flyteconnector/src/connector_sanity",
)


@dataclass(frozen=True)
class Row:
    """A line of the matrix."""

    number: int
    fault: str
    user: str
    how: str = ""
    """What is done here."""
    run: str = ""
    """The function that does it."""
    tests: tuple[str, ...] = ()
    """Tests that show the same, or more of it."""
    not_here: str = ""
    """Why nothing here shows it."""
    slow: bool = False


def read() -> list[Row]:
    """Return the rows; raises ValueError when one is neither run, nor tested, nor says why."""
    rows = [Row(**each) for each in tomllib.loads(ROWS.read_text(encoding="utf-8"))["rows"]]
    for row in rows:
        if not (row.run or row.tests or row.not_here):
            raise ValueError(f"{ROWS.name}: row {row.number} has none of run, tests, not_here")
    return rows


def function(name: str) -> Any:
    """Return a row's function; raises AttributeError when there is none."""
    from devkit import faults_api, faults_cluster, faults_tasks  # with the kit, which a page does not need

    modules = (faults_api, faults_cluster, faults_tasks)
    return getattr(next((each for each in modules if hasattr(each, name)), faults_api), name)


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


@contextlib.contextmanager
def world() -> Iterator[Any]:
    """Yield a world with a control plane of its own."""
    from devkit.cluster import LocalCluster
    from devkit.faults_world import World
    from devkit.sanity_targets import ours, write

    build.program("connector")
    target = next(each for each in ours() if each.name == "job")
    with runs.folder() as folder:
        manifests = (write(folder, target),)
        with LocalCluster(folder, say=say, manifests=manifests, name="faults", bare=True) as cluster:
            cluster.wait()
            with World(cluster.kubeconfig, folder / "connector", cluster.ready["pids"]) as made:
                yield made


def tried(row: Row, it: Any) -> dict[str, Any]:
    """Return what a row came to."""
    began = time.monotonic()
    try:
        measured, wrong = function(row.run)(it), ""
    except Exception as error:  # the other rows are tried all the same
        measured, wrong = "", f"{type(error).__name__}: {error}"
    finally:
        it.proxy.heal()
    seconds = round(time.monotonic() - began, 1)
    say(
        f"{row.number:>2}  {'FAILED' if wrong else 'ok':<6} {seconds:5.1f} s  {row.fault}: {wrong or measured}"
    )
    return {"measured": plain(measured), "wrong": wrong, "seconds": seconds}


def plain(text: str) -> str:
    """Return a text without what is new in each run: uids, and the names of resources."""
    text = re.sub(r" \(uid [0-9a-f-]{36}\)", "", text)
    return re.sub(r"\btask-[a-z0-9]{12}\b", "task-…", text)


def fingerprint() -> str:
    """Return that of the files on which the result depends."""
    return freshness.fingerprint(INPUTS)


def about() -> dict[str, Any]:
    """Say when and with which code the rows were run."""
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    versions = {"kubernetes": build.kubernetes_version(), "python": platform.python_version()}
    return {"date": now, **versions, "inputs": fingerprint()}


def result(rows: Sequence[Row], slow: bool) -> dict[str, Any]:
    """Run rows and return what they came to."""
    found: dict[str, Any] = {}
    with world() as it:
        for row in rows:
            if row.run and (slow or not row.slow):
                found[str(row.number)] = tried(row, it)
    wrong = sum(bool(each["wrong"]) for each in found.values())
    return {"about": about(), "run": len(found), "failed": wrong, "rows": found}


def main(words: Sequence[str]) -> int:
    """Run the matrix; return 0 when each row that was run came to what it should."""
    parser = argparse.ArgumentParser(prog="make faults ARGS=", description=__doc__)
    parser.add_argument("--row", action="append", type=int, help="one of them; may be repeated")
    parser.add_argument("--slow", action="store_true", help="also those that take minutes")
    parser.add_argument(
        "--record", action="store_true", help=f"all, for {SHOWN.relative_to(ROOT)}; with --slow"
    )
    asked = parser.parse_args(words)
    rows = [row for row in read() if not asked.row or row.number in asked.row]
    if asked.record and (asked.row or not asked.slow):
        parser.error("--record needs --slow, and no --row: a page shows all rows")
    made = result(rows, asked.slow)
    for path in [RESULT, *([SHOWN] if asked.record and not made["failed"] else [])]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    say(f"{made['run']} rows were run, {made['failed']} failed; {RESULT.relative_to(ROOT)}")
    return 1 if made["failed"] or not made["run"] else 0


if __name__ == "__main__":
    process.unwind_on_sigterm()
    try:
        sys.exit(main(sys.argv[1:]))
    except (ChildError, ToolchainError, subprocess.SubprocessError) as error:
        sys.exit(f"faults: {error}")
