"""What does importing our plugin cost? `nox -s imports` measures into build/; `-- --record` also docs/records/.

Every container of every task imports the SDK, and the SDK imports every plugin that it finds. Ratios of processor time
of two processes that took turns, and lists of modules, which are exact: sdk/*/tests holds the lists, and no time.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devkit import bench, matrix_rows, runs
from devkit.bench_numbers import median, percentile
from devkit.toolchain import ROOT

RESULT, SHOWN = ROOT / "build" / "imports.json", ROOT / "docs" / "records" / "imports.json"
LEAST = 20  # rounds of a record
# One process of a side: imports what it is told, and says how long each import took, and which modules it has then.
CHILD = """
import importlib, sys, time
clock = [time.process_time()]
for name in sys.argv[1:]:
    importlib.import_module(name)
    clock.append(time.process_time())
print(*(end - begin for begin, end in zip(clock, clock[1:])))
print(*sys.modules)
"""


@dataclass(frozen=True)
class Side:
    """A process that imports something and ends."""

    imports: tuple[str, ...]
    finds: str = ""  # the distribution of OURS whose entry points it sees


@dataclass(frozen=True)
class Turn:
    """What one process of a side came to."""

    cpu: float  # seconds of processor time, of the process and its children, from start to end
    steps: list[float]  # those of each import
    modules: frozenset[str]


Round = dict[str, Turn]
OURS = ("flytekitplugins-larkspur",)  # the distributions with entry points
SIDES = {
    "python": Side(()),
    "flytekit": Side(("flytekit",)),
    "found": Side(("flytekit",), finds="flytekitplugins-larkspur"),
    "explicit": Side(("flytekit", "flytekitplugins.larkspur")),
    # Flyte 2's SDK loads next to nothing before it is used; flyte.extend is all that its a0 imports, but two modules.
    "flyte": Side(("flyte", "flyte.extend")),
    "explicit2": Side(("flyte", "flyte.extend", "flyteplugins.larkspur")),
}
COMPARISONS = {  # name in the record -> the sides with and without ours
    "plugin": ("found", "flytekit"),  # flytekit finds the plugin: what every container pays
    "import": ("explicit", "flytekit"),  # it does not, and the user's module imports it
    "import2": (
        "explicit2",
        "flyte",
    ),  # the same with Flyte 2, which looks for no plugins when it is imported
}
PACKAGES = ("flytekit", "flyteidl", "flyte", "protobuf", "grpcio")


def stand_ins(folder: Path, finds: str) -> Path:
    """Make a folder for PYTHONPATH with metadata of OURS, of which only that of `finds` has entry points; return it.

    importlib.metadata takes the first distribution of a name on the path. So the code stays importable and an SDK does
    not find it, and a side that finds it reads its metadata from the same place.
    """
    place = folder / (finds or "nothing")
    for name in OURS:
        real = importlib.metadata.distribution(name)
        info = place / f"{name.replace('-', '_')}-{real.version}.dist-info"
        info.mkdir(parents=True, exist_ok=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {real.version}\n")
        if name == finds:
            (info / "entry_points.txt").write_text(real.read_text("entry_points.txt") or "")
    return place


def environment(folder: Path, side: Side) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(stand_ins(folder, side.finds)), "PYTHONHASHSEED": "0"}


def turn(folder: Path, side: Side) -> Turn:
    """Run a process of this side to its end; raises CalledProcessError when it fails."""
    command = [sys.executable, "-c", CHILD, *side.imports]
    child = subprocess.Popen(command, env=environment(folder, side), stdout=subprocess.PIPE, text=True)
    with child.stdout:
        printed = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    steps, modules = printed.split("\n")[-3:-1]  # before them is what an import may print
    return Turn(usage.ru_utime + usage.ru_stime, [*map(float, steps.split())], frozenset(modules.split()))


def measure(folder: Path, rounds: int) -> list[Round]:
    """Let the sides take turns, every other round backwards; first turns write Python's bytecode and do not count."""
    for side in SIDES.values():
        turn(folder, side)
    orders = [list(SIDES), list(reversed(SIDES))]
    return [{name: turn(folder, SIDES[name]) for name in orders[n % 2]} for n in range(rounds)]


def top(names: frozenset[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def numbers(rounds: list[Round]) -> dict[str, Any]:
    """Return what the page shows: ratios with their quartiles, and which modules come on top.

    A ratio of whole processes is what a container pays, and disturbed by all that the machine does besides. percent is
    of two imports in one process, so it sees what is too small for the ratio.
    """
    found: dict[str, Any] = {}
    for name, (ours, without) in COMPARISONS.items():
        ratios = [one[ours].cpu / one[without].cpu for one in rounds]
        more = rounds[0][ours].modules - rounds[0][without].modules
        found[f"ratio_{name}"] = round(median(ratios), 3)
        found[f"ratio_{name}_quartiles"] = [round(percentile(ratios, share), 3) for share in (0.25, 0.75)]
        found[f"added_{name}"] = len(more)
        found[f"new_{name}"] = sorted(
            top(more) - top(rounds[0][without].modules)
        )  # no parts of what is there
        if SIDES[ours].imports != SIDES[without].imports:  # but for ours, which is the last
            shares = [100 * one[ours].steps[-1] / sum(one[ours].steps[:-1]) for one in rounds]
            found[f"percent_{name}"] = round(median(shares), 2)
            found[f"cpu_ms_of_{name}"] = round(1000 * median(one[ours].steps[-1] for one in rounds), 2)
    for side in SIDES:
        found[f"cpu_ms_{side}"] = round(1000 * median(one[side].cpu for one in rounds), 1)
        found[f"modules_{side}"] = len(rounds[0][side].modules)
    return found


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="nox -s imports --", description="Measure what an import costs.")
    parser.add_argument("--rounds", type=int, default=LEAST, help="turns of each side (default: %(default)s)")
    parser.add_argument(
        "--record", action="store_true", help="also write docs/records/imports.json, which the site shows"
    )
    arguments = parser.parse_args(words)
    if arguments.record and arguments.rounds < LEAST:
        parser.error(f"--record is for at least {LEAST} rounds: fewer have no median worth showing")
    began, about = time.monotonic(), bench.about() | {"inputs": matrix_rows.inputs()}
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    about["versions"] = {"python": about["versions"]["python"], **versions}
    with runs.folder() as folder:
        rounds = measure(folder, arguments.rounds)
    if matrix_rows.inputs() != about["inputs"]:
        print("imports: the code changed while it was measured: run it again", file=sys.stderr)
        return 1
    result = numbers(rounds)
    about |= {"rounds": arguments.rounds, "seconds": round(time.monotonic() - began)}
    milliseconds = [{side: round(1000 * one[side].cpu, 1) for side in SIDES} for one in rounds]
    text = json.dumps(result | {"about": about, "rounds": {"cpu_ms": milliseconds}}, indent=1) + "\n"
    for path in [RESULT, *([SHOWN] if arguments.record else [])]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print("\n".join(f"{name:<26} {value}" for name, value in result.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
