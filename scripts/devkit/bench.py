"""What does the connector cost? `nox -s bench` measures and writes build/bench.json; `-- --record` also docs/records/.

Everything is a ratio of two things that took turns in this run, on this machine; only a few of the rest are worth
comparing with another run. No goal that is missed fails the session: a number is no test.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import importlib.metadata
import json
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from devkit import build, process, runs
from devkit.bench_numbers import GOALS, LIVE, summary
from devkit.process import Child, ChildError
from devkit.toolchain import ROOT, ToolchainError, go

RESULT, SHOWN = ROOT / "build" / "bench.json", ROOT / "docs" / "records" / "bench.json"
REQUEST = ROOT / "go" / "connector" / "pod" / "testdata" / "createtask-flyte1.json"
# What the numbers depend on; tests and generated documentation are not among it.
INPUTS = (
    "go/*.go",
    "go/go.sum",
    "go/connector/go.sum",
    "scripts/devkit/bench*.py",
)
PACKAGES = {"flytekit": "flytekit", "kubernetes-client": "kubernetes", "grpcio": "grpcio"}


def inputs() -> str:
    """Return 16 hexadecimal digits over the files that the numbers depend on."""
    command = ["git", "ls-files", "-z", *INPUTS]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    digest = hashlib.sha256()
    for name in sorted(filter(None, names)):
        if not name.endswith("_test.go") and (ROOT / name).exists():
            digest.update(name.encode() + b"\0" + (ROOT / name).read_bytes())
    return digest.hexdigest()[:16]


def processor() -> str:
    found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else platform.machine()


def about() -> dict[str, Any]:
    """Say on what, with what and when the numbers were measured; the load is what others did on the machine before."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = {name: importlib.metadata.version(package) for name, package in PACKAGES.items()}
    return {
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{os.cpu_count()} processors ({processor()}), {memory:.0f} GiB, {platform.system()}",
        "load_at_start": [round(load, 2) for load in os.getloadavg()],
        "versions": {"go": go().version, "python": platform.python_version(), **versions},
        "inputs": inputs(),
    }


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run the Go program that measures, and return what it measured; raises ChildError when it does not finish."""
    flags = {
        "assets": build.assets(build.COMMANDS),
        "connector": build.program("connector"),
        "pyflyte": Path(sys.executable).parent / "pyflyte",
        "module": "devkit.bench_connector",
        "folder": folder,
        "request": REQUEST,
        "live": arguments.live,
        "rounds": arguments.rounds,
        "span": f"{arguments.span}s",
    }
    command = [str(build.program("bench")), *(f"--{name}={value}" for name, value in flags.items())]
    child = Child("the benchmark", command, say=lambda line: print(line, file=sys.stderr, flush=True))
    try:
        printed = child.stdout.read()
        if code := child.wait(60):
            raise ChildError("\n".join([f"the benchmark ended with {code}:", *child.tail]))
    finally:
        with process.uninterrupted():
            child.stop()
    return json.loads(printed)


def table(result: dict[str, Any]) -> str:
    """Return one line for each number that has a goal."""
    lines = []
    for name in GOALS:
        goal = result["goals"][name]
        lines.append(f"{name:<28} {result[name]:>10g}   {goal['goal']:<14} {'yes' if goal['met'] else 'NO'}")
    return "\n".join(lines)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="nox -s bench --", description="Measure the connector.")
    parser.add_argument("--live", type=int, default=LIVE, help="live tasks (default: %(default)s)")
    parser.add_argument(
        "--rounds", type=int, default=8, help="turns of each measurement (default: %(default)s)"
    )
    parser.add_argument(
        "--span", type=float, default=2.0, help="seconds of one turn of polls (default: %(default)s)"
    )
    parser.add_argument(
        "--record", action="store_true", help="also write docs/records/bench.json, which the site shows"
    )
    arguments = parser.parse_args(words)
    if arguments.record and arguments.live != LIVE:
        parser.error(f"--record is for {LIVE} live tasks, which the names of the numbers speak of")
    process.unwind_on_sigterm()
    began, known = time.monotonic(), about()
    try:
        with runs.folder() as folder:
            raw = measure(arguments, folder)
    except (ToolchainError, ChildError, subprocess.SubprocessError) as error:
        print(error, file=sys.stderr)
        return 1
    known["versions"] |= raw["cluster"]
    known["seconds"] = round(time.monotonic() - began)
    result = summary(raw, known)
    for path in [RESULT, *([SHOWN] if arguments.record else [])]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(result, indent=1) + "\n")
    print(table(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
