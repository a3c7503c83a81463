"""With which SDKs do the tests of our Python packages pass? `nox -s matrix` runs them in an environment for each row.

Writes build/matrix.json; `-- --record` also docs/records/, which the site shows. `-- NAME ...` runs some rows only.
What cannot be resolved or does not pass is in the record as such, and fails the session.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from devkit import environment, matrix_report, matrix_rows, records
from devkit.matrix_rows import Row, Unresolved
from devkit.toolchain import ROOT, ToolchainError

RESULT, SHOWN = ROOT / "build" / "matrix.json", ROOT / "docs" / "records" / "matrix.json"
LOGS = ROOT / "build" / "matrix"
COMMAND = ("-m", "pytest", "-v", *("-p", "devkit.matrix_report"), *("-p", "no:cacheprovider"))
COMMAND += (
    "--continue-on-collection-errors",
)  # one file that cannot be imported hides nothing about the others
GOOD = ("passed", "skipped", "deselected", "xfailed")  # outcomes of tests that fail no row
Result = dict[str, Any]


def pytest(folder: Path, files: list[str], report: Path, log: Path) -> int:
    """Run the tests in an environment, with all that they print in `log`; return pytest's exit code."""
    env = environment.settings(dict(os.environ), folder) | {matrix_report.VARIABLE: str(report)}
    command = [str(folder / "bin" / "python"), *COMMAND, *files]
    with log.open("w", encoding="utf-8") as file:
        return subprocess.run(command, cwd=ROOT, env=env, stdout=file, stderr=file).returncode


def outcome(code: int, report: Path, log: Path) -> Result:
    """Return what came out of a run of pytest; it writes no report when it cannot begin, or a test never ends."""
    if not report.exists():
        said = records.clean(log.read_text(encoding="utf-8")).strip().splitlines()
        at = [line for line in said if "::" in line][-1:]
        return {
            "status": "failed",
            "error": "\n".join([f"pytest ended with {code} in the middle:", *at, *said[-5:]]),
        }
    found: Result = json.loads(report.read_text(encoding="utf-8"))
    counts = found["tests"]
    bad = sum(count for name, count in counts.items() if name not in GOOD)
    found["failures"] = [records.clean(line).strip() for line in found["failures"]]
    return {"status": "passed" if code == 0 and counts["passed"] and not bad else "failed"} | found


def try_row(row: Row, uv: str) -> Result:
    """Make a row's environment, run its tests there, and return what came out, whatever that is."""
    report, log = LOGS / f"{row.name}.json", LOGS / f"{row.name}.txt"
    report.unlink(missing_ok=True)
    try:
        folder = matrix_rows.make(matrix_rows.resolve(row, uv), uv)
    except Unresolved as error:
        return asdict(row) | {"status": "unresolved", "error": records.clean(str(error)).strip()}
    began = time.monotonic()
    code = pytest(folder, matrix_rows.chosen(row.kind), report, log)
    return asdict(row) | outcome(code, report, log) | {"seconds": round(time.monotonic() - began, 1)}


def line(result: Result) -> str:
    """Return one line about a row, and more where it did not pass."""
    counts = ", ".join(f"{count} {name}" for name, count in result.get("tests", {}).items() if count)
    versions = " ".join(f"{name} {version}" for name, version in result.get("versions", {}).items())
    more = [*result.get("failures", []), *result.get("error", "").splitlines()]
    took = f" in {result['seconds']:.0f} s" if counts else ""
    first = f"{result['name']:<18} {result['status']:<10} {counts}{took}   {versions}".rstrip()
    return "\n".join([first, *(f"    {text}" for text in more)])


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="nox -s matrix --", description="Run the SDKs' tests with other versions."
    )
    parser.add_argument("--uv", required=True, help=argparse.SUPPRESS)  # the session knows it
    parser.add_argument(
        "--record", action="store_true", help="also write docs/records/matrix.json, which the site shows"
    )
    parser.add_argument(
        "rows", nargs="*", metavar="NAME", help="rows of requirements/matrix.toml (default: all)"
    )
    arguments = parser.parse_args(words)
    rows = {row.name: row for row in matrix_rows.load()}
    if unknown := [name for name in arguments.rows if name not in rows]:
        parser.error(f"no row is called {unknown[0]!r}: the rows are {', '.join(rows)}")
    if arguments.record and arguments.rows:
        parser.error("--record is for all rows: a page that shows some would hide the others")
    LOGS.mkdir(parents=True, exist_ok=True)
    before, results = matrix_rows.inputs(), []
    for name in arguments.rows or rows:
        results.append(try_row(rows[name], arguments.uv))
        print(line(results[-1]), flush=True)
    if matrix_rows.inputs() != before:
        print(
            "matrix: the code changed while its tests ran, so this is a result of nothing: run it again",
            file=sys.stderr,
        )
        return 1
    date = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d")
    summary = json.dumps({"about": {"date": date, "inputs": before}, "rows": results}, indent=1) + "\n"
    for path in [RESULT, *([SHOWN] if arguments.record else [])]:
        path.write_text(summary, encoding="utf-8")
    return 0 if all(result["status"] == "passed" for result in results) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ToolchainError as error:
        sys.exit(f"matrix: {error}")
