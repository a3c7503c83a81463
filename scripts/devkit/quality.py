"""What do the results of all sessions say together? `python -m devkit.quality [--record] [--strict]`

Collects build/*.json into build/quality.json: every number by its name, null for one that no session has found out yet,
which results are missing, and which were made with other code than this. `--record` puts them into docs/records/, for
the page that shows them; what has no new result stays as it was recorded. `--strict` fails for what is missing, older
than the code, or misses its goal. No number is typed anywhere.
"""

from __future__ import annotations

import argparse
import datetime
import json
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devkit import freshness, quality_sources
from devkit.quality_sources import Numbers, Result, Source
from devkit.toolchain import ROOT

SOURCES = quality_sources.SOURCES
RESULT, SHOWN = ROOT / "build" / "quality.json", ROOT / freshness.SUMMARY
RUNS, RECORDS = ROOT / "build" / "records", ROOT / "docs" / "records"
PAGE, READERS = ROOT / "docs" / "quality.toml", ROOT / "docs" / "readers.toml"
FRESH, OLDER, UNKNOWN, MISSING = "this code", "older than the code", "it is not known which code", "missing"


@dataclass(frozen=True)
class Row:
    """A number as the page names it, and what it should be."""

    name: str
    what: str
    source: str
    at_most: float | None = None
    at_least: float | None = None
    like: str = ""  # another number that this one should be equal to

    def goal(self) -> str:
        """Return the goal in words, "" for a number without one."""
        if self.like:
            return f"all of {self.like}"
        most = "" if self.at_most is None else f"at most {self.at_most:g}"
        return most or ("" if self.at_least is None else f"at least {self.at_least:g}")

    def met(self, found: dict[str, Any]) -> bool | None:
        """Return whether the goal is met; None for a number without one, and for one that nobody has found out."""
        value, like = found.get(self.name), found.get(self.like)
        if value is None or (self.like and like is None) or not self.goal():
            return None
        bounds = (like, None) if self.like else (self.at_least, self.at_most)
        return (bounds[0] is None or value >= bounds[0]) and (bounds[1] is None or value <= bounds[1])


def rows(path: Path = PAGE) -> dict[str, list[Row]]:
    """Return group -> its rows, as docs/quality.toml has them."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: [Row(**row) for row in group] for name, group in found.items()}


def taken(source: Source, root: Path = ROOT) -> Result | None:
    """Return a session's numbers with their date and what they depend on, None when there is no result."""
    result = quality_sources.read(source, root)
    if result is None:
        return None
    about = result.get("about", {}) if isinstance(result.get("about"), dict) else {}
    made = datetime.datetime.fromtimestamp((root / source.file).stat().st_mtime, datetime.UTC)
    return {
        "numbers": source.numbers(result),
        "inputs": result.get("inputs", about.get("inputs")),
        "date": about.get("date", f"{made:%Y-%m-%d %H:%M} UTC"),
    }


def collect(before: dict[str, Any], root: Path = ROOT) -> dict[str, Any]:
    """Return what docs/records/quality.json should say: each session's result, or the one that was recorded before."""
    found = {
        source.name: taken(source, root) or before.get("results", {}).get(source.name) for source in SOURCES
    }
    compared = freshness.records(RECORDS, RUNS, before.get("records", {}))
    return {"results": {name: result for name, result in found.items() if result}, "records": compared}


def state(source: Source, record: dict[str, Any]) -> str:
    """Return whether a recorded result is of the code as it is now."""
    result = record["results"].get(source.name)
    if result is None:
        return MISSING
    if result["inputs"] is None:
        return UNKNOWN
    return FRESH if result["inputs"] == source.inputs() else OLDER


def readers(path: Path = READERS) -> Numbers:
    told = tomllib.loads(path.read_text(encoding="utf-8"))["reader"]
    return {"readers": len(told)} | {name: sum(one[name] for one in told) for name in ("found", "fixed")}


def numbers(record: dict[str, Any]) -> Numbers:
    """Return every number by its name. A command of the walk was run when the robot came to the end of it."""
    found: Numbers = {}
    for result in record["results"].values():
        found |= result["numbers"]
    fresh = freshness.fresh(RECORDS, record["records"])
    found |= readers() | {"records": len(fresh), "records_fresh": sum(fresh.values())}
    if "commands_shown" in found:
        walked = found["commands_walked"] if found.get("walk_ok") else 0
        found["commands_run"] = found["commands_recorded"] + walked
    return found


def summary(record: dict[str, Any]) -> dict[str, Any]:
    """Return build/quality.json."""
    found, wanted = numbers(record), [row for group in rows().values() for row in group]
    states = {source.name: state(source, record) for source in SOURCES}
    named = {row.name: found.get(row.name) for row in wanted}
    return {
        **found, **named,
        "missing": sorted(name for name, value in named.items() if value is None),
        "older": sorted(name for name, how in states.items() if how in (OLDER, UNKNOWN)),
        "goals_missed": sorted(row.name for row in wanted if row.met(found) is False),
        "results": states,
    }  # fmt: skip


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="nox -s quality --", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--record", action="store_true", help="write docs/records/quality.json, which the page shows"
    )
    parser.add_argument(
        "--strict", action="store_true", help="fail for what is missing, older, or misses its goal"
    )
    asked = parser.parse_args(words)
    before = json.loads(SHOWN.read_text(encoding="utf-8")) if SHOWN.exists() else {}
    record = collect(before)
    found = summary(record)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if asked.record:
        SHOWN.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    for group, wanted in rows().items():
        print(group)
        for row in wanted:
            value = found[row.name]
            said = (
                "missing"
                if value is None
                else f"{value:g}"
                if not isinstance(value, bool)
                else str(value).lower()
            )
            miss = f"   MISSED: {row.goal()}" if row.met(found) is False else ""
            print(f"  {row.name:<26} {said:>8}   {found['results'].get(row.source, FRESH)}{miss}")
    faults = {key: found[key] for key in ("missing", "older", "goals_missed")}
    print("quality: " + "; ".join(f"{key.replace('_', ' ')}: {len(names)}" for key, names in faults.items()))
    return 1 if asked.strict and any(faults.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
