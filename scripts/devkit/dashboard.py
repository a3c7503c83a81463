"""What does the dashboard show? `make dashboard` plays some minutes of real work, and asks what its panels would ask.

Grafana is not there: the queries of dashboard.json go to Prometheus' own engine (go/monitoring/answers), over the pages
that two connectors served. Writes build/dashboard.json; `--record` also docs/records/dashboard.json, for a page.
"""

from __future__ import annotations

import argparse
import datetime
import functools
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from devkit import build, freshness, lifeline, process, progress, runs, toolchain
from devkit import dashboard_board as board
from devkit.process import ChildError
from devkit.toolchain import ROOT, ToolchainError

RESULT, SHOWN = (ROOT / folder / "dashboard.json" for folder in ("build", "docs/records"))
MODULE = ROOT / "go" / "monitoring"
INPUTS = (
    "go/connector",
    "go/plugins/job",
    "go/monitoring/answers",
    "go/monitoring/go.mod",
    "kustomize/components/alerts/dashboard.json",
    "scripts/devkit/dashboard*",
    "scripts/devkit/faults_world.py",
)
JOB = "larkspur-connector"  # the label that the PodMonitor gives
STEP = 5
"""Seconds between two points of a line."""
Answers = dict[str, list[dict[str, Any]]]


@functools.cache
def program() -> Path:
    """Build what answers, and return its path; raises ToolchainError."""
    tool, path = toolchain.go(), ROOT / "build" / "bin" / "answers"
    path.parent.mkdir(parents=True, exist_ok=True)
    words = lifeline.argv(tool.command, "build", "-v", "-o", str(path), "./answers")
    progress.run(words, tool.env, MODULE, "Prometheus' engine", quiet=20)
    return path


def ask(samples: Path, began: int, ended: int, queries: Mapping[str, str]) -> Answers:
    """Return what queries return over pages; raises ChildError when one cannot be answered."""
    times = {"start": began, "end": ended, "step": STEP * 1000}
    asked = {"samples": str(samples), "job": JOB, **times, "queries": dict(queries)}
    done = subprocess.run([str(program())], input=json.dumps(asked), capture_output=True, text=True)
    if done.returncode != 0:
        raise ChildError(done.stderr.strip())
    found: Answers = json.loads(done.stdout)
    return found


def line(points: Sequence[Sequence[float]], began: int, ended: int) -> list[float | None]:
    """Return a value for each step, None where there is none, with four digits that count."""
    values = {round((at - began) / 1000 / STEP): float(f"{value:.4g}") for at, value in points}
    return [values.get(place) for place in range((ended - began) // 1000 // STEP + 1)]


def lines(panel: board.Panel, answers: Answers, began: int, ended: int) -> dict[str, list[float | None]]:
    """Return the lines of a panel by their legends; raises ValueError when two have the same."""
    found: dict[str, list[float | None]] = {}
    for number, query in enumerate(panel.queries):
        for series in answers[f"{panel.title} {number}"]:
            name = board.legend(query.legend, series["labels"])
            if name in found:
                raise ValueError(f"panel {panel.title!r} has two lines that are called {name!r}")
            found[name] = line(series["points"], began, ended)
    return {name: found[name] for name in sorted(found)}


def choices(
    file: Mapping[str, Any], samples: Path, span: tuple[int, int]
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the value that Grafana takes for each variable when one opens the dashboard, and all that there are."""
    from devkit.dashboard_scrape import SCRAPE

    values = {"__rate_interval": board.rate_interval(STEP, SCRAPE)}
    known: dict[str, list[str]] = {}
    for each in board.variables(file):
        answer = ask(samples, *span, {each.name: board.filled(each.expr, values)})[each.name]
        known[each.name] = sorted({series["labels"].get(each.label, "") for series in answer})
        values[each.name] = each.every or next(iter(known[each.name]), "")
    return values, known


def about(seconds: int) -> dict[str, Any]:
    """Say when and with what it was made."""
    from devkit.dashboard_scrape import SCRAPE

    found = re.search(
        r"^\s*github\.com/prometheus/prometheus (v\S+)$", (MODULE / "go.mod").read_text(), re.MULTILINE
    )
    return {
        "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "seconds": seconds,
        "step": STEP,
        "scrape": SCRAPE,
        "prometheus": found[1] if found else "",
        "kubernetes": build.kubernetes_version(),
        "inputs": fingerprint(),
    }


def result(samples: Path, began: int, ended: int) -> dict[str, Any]:
    """Return the record of what was scraped."""
    from devkit.dashboard_story import STORY

    file = board.read()
    values, known = choices(file, samples, (began, ended))
    panels = board.panels(file)
    queries = {
        f"{panel.title} {number}": board.filled(query.expr, values)
        for panel in panels
        for number, query in enumerate(panel.queries)
    }
    answers = ask(samples, began, ended, queries)
    shown = [
        {
            "title": panel.title,
            "queries": [query.expr for query in panel.queries],
            "lines": lines(panel, answers, began, ended),
        }
        for panel in panels
    ]
    story = [[second, words] for second, words, _ in STORY]
    known_about = about((ended - began) // 1000 // STEP * STEP)
    return {"about": known_about, "variables": values, "choices": known, "story": story, "panels": shown}


def answered(panel: Mapping[str, Any]) -> bool:
    """Return whether a recorded panel has a number."""
    return any(value is not None for each in panel["lines"].values() for value in each)


def fingerprint() -> str:
    """Return that of the files on which the result depends."""
    return freshness.fingerprint(INPUTS)


def packed(made: Mapping[str, Any]) -> str:
    """Return the record as JSON, with each line of numbers in a line of text."""
    text = json.dumps(made, indent=1, ensure_ascii=False)
    return re.sub(r"\[[^\[\]{}]*\]", lambda found: " ".join(found[0].split()), text) + "\n"


def table(made: Mapping[str, Any]) -> str:
    """Return one line for each panel: how many lines it has, and the largest number."""
    rows = []
    for panel in made["panels"]:
        numbers = [value for each in panel["lines"].values() for value in each if value is not None]
        said = f"{len(panel['lines']):>2} lines, at most {max(numbers):g}" if answered(panel) else "no data"
        rows.append(f"{panel['title']:<32} {said}")
    return "\n".join(rows)


def main(words: Sequence[str]) -> int:
    """Play, scrape, ask and write; return 0."""
    parser = argparse.ArgumentParser(prog="make dashboard ARGS=", description=__doc__)
    parser.add_argument("--record", action="store_true", help=f"also write {SHOWN.relative_to(ROOT)}")
    asked = parser.parse_args(words)
    program()
    from devkit import dashboard_story, faults

    with runs.folder() as folder:
        with faults.world() as world:
            scraper = dashboard_story.play(world, folder / "samples", faults.say)
        made = result(scraper.folder, scraper.began, scraper.ended)
    for path in [RESULT, *([SHOWN] if asked.record else [])]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(packed(made), encoding="utf-8")
    print(table(made))
    return 0


if __name__ == "__main__":
    process.unwind_on_sigterm()
    try:
        sys.exit(main(sys.argv[1:]))
    except (ChildError, ToolchainError, subprocess.SubprocessError) as error:
        sys.exit(f"dashboard: {error}")
