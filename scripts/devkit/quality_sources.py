"""Which results does the quality page collect? Each session's file in build/, its numbers, and what they depend on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devkit import (
    bench,
    dashboard,
    experiment_record,
    faults,
    freshness,
    matrix_rows,
    slices,
    walk_tree,
    web_results,
)
from devkit.toolchain import ROOT

Result = dict[str, Any]
Numbers = dict[str, float | bool]
# What the site is made of.
SITE = ("docs", "examples", "go/plugins", "proto", "scripts/todo.toml", "requirements/docs.txt")


@dataclass(frozen=True)
class Source:
    """A file with a result; `inputs` says what it would depend on if it were made now."""

    name: str
    session: str
    file: str
    numbers: Callable[[Result], Numbers]
    inputs: Callable[[], str]


def pick(*names: str) -> Callable[[Result], Numbers]:
    """Return what takes these numbers out of a result; one that a result does not have is left out."""
    return lambda result: {name: result[name] for name in names if name in result}


def steps(result: Result) -> Numbers:
    mistakes = [mistake for step in result["steps"] for mistake in step["mistakes"]]
    return {
        "steps": len(result["steps"]),
        "steps_green": sum(step["ok"] for step in result["steps"]),
        "mistakes_seeded": len(mistakes),
        "mistakes_caught": sum(mistake["noticed"] for mistake in mistakes),
    }


def walk(result: Result) -> Numbers:
    names = {"pages": "walk_pages", "files_written": "walk_files", "commands_run": "walk_commands"}
    found = {new: result[old] for old, new in names.items() if old in result}
    return {"walk_ok": result["ok"], "core_words": result["core_words"], **found}


def benchmarks(result: Result) -> Numbers:
    met = [goal["met"] for goal in result["goals"].values()]
    return {"bench_goals": len(met), "bench_goals_met": sum(met)}


def environments(result: Result) -> Numbers:
    rows = result["rows"]
    return {"matrix_rows": len(rows), "matrix_passed": sum(row["status"] == "passed" for row in rows)}


def experiment(result: Result) -> Numbers:
    rows = result["rows"].values()
    right = sum((row["stopped_after"] is not None) == row["expected_to_stop"] for row in rows)
    return {"abort_ways": len(rows), "abort_ways_as_expected": right}


def conformance(result: Result) -> Numbers:
    wanted = ("mutants", "mutants_killed", "fault_points", "invariant_breaks", "runs", "false_alarms_in_20")
    found = pick(*wanted)(result)
    return {f"kit_{name.removesuffix('_in_20')}": value for name, value in found.items() if value is not None}


def matrix_of_faults(result: Result) -> Numbers:
    return {"fault_rows_run": result["run"], "fault_rows_right": result["run"] - result["failed"]}


def board(result: Result) -> Numbers:
    return {
        "dashboard_panels": len(result["panels"]),
        "dashboard_panels_answered": sum(map(dashboard.answered, result["panels"])),
    }


def of_the_kit() -> str:
    from devkit import sanity_record  # brings the kit with it, which the other results do not need

    return freshness.fingerprint(sanity_record.INPUTS)


def site() -> str:
    return freshness.fingerprint(SITE)


def owner() -> dict[str, int]:
    return slices.assign(*slices.load(ROOT / "docs" / "steps.toml"), slices.tracked())


PAGES = (
    "pages",
    "commands_shown",
    "commands_recorded",
    "commands_walked",
    "commands_not_run",
    "commands_unknown",
)
PAGES += (
    "commands_named",
    "names_checked",
    "typed_versions",
    "code_lines",
    "code_lines_on_no_page",
    "errors",
    "errors_unexplained",
)
WEB = ("axe_pages", "axe_serious", "foreign_requests", "max_page_kib", "searches", "copies", "downloads")
SECONDS = ("cold_seconds", "one_page_seconds", "one_page_serving_seconds")
SHOWN = "docs/records"
SOURCES = (
    Source("pages", "make docs", "build/pages.json", pick(*PAGES), site),
    Source("steps", "make steps", "build/steps.json", steps, lambda: slices.fingerprint(owner())),
    Source("walk", "make walk", "build/walk.json", walk, lambda: walk_tree.fingerprint(owner())),
    Source("web", "make web", "build/web.json", pick(*WEB), web_results.inputs),
    Source(
        "seconds",
        "make docs_seconds",
        "build/docs-seconds.json",
        pick(*SECONDS),
        web_results.inputs,
    ),
    Source("bench", "make bench", f"{SHOWN}/bench.json", benchmarks, bench.inputs),
    Source("conformance", "make sanity", f"{SHOWN}/conformance.json", conformance, of_the_kit),
    Source("faults", "make faults", f"{SHOWN}/faults.json", matrix_of_faults, faults.fingerprint),
    Source("dashboard", "make dashboard", f"{SHOWN}/dashboard.json", board, dashboard.fingerprint),
    Source("matrix", "make matrix", f"{SHOWN}/matrix.json", environments, matrix_rows.inputs),
    Source(
        "experiment",
        "make experiment",
        f"{SHOWN}/abort_experiment.json",
        experiment,
        experiment_record.inputs,
    ),
)


def read(source: Source, root: Path = ROOT) -> Result | None:
    """Return a session's result, or None when there is none."""
    path = root / source.file
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
