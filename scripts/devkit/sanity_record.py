"""What do we publish about conformance? `make sanity ARGS=--record` looks at everything, and writes its numbers.

That takes an hour: all targets, all mutants, and our connector again and again, to see whether a check cries wolf. The
result is build/conformance.json; when all is as it has to be, it becomes docs/records/conformance.json.
"""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connector_sanity.outcome import BAD
from devkit import bench, freshness, sanity_mutants, sanity_python, sanity_run
from devkit.sanity_targets import Target
from devkit.toolchain import ROOT

RESULT = ROOT / "build" / "conformance.json"
RECORD = ROOT / "docs" / "records" / "conformance.json"
JOBSET = ROOT / "build" / "sanity" / "jobset.json"  # `make adopt_operator` writes it
LOOKED_AT = ("sdk/flyteconnector/src/connector_sanity", "sdk/flytekitplugins-larkspur/sanity", "go/cmd", "go/connector",
             "go/plugins", "kustomize", "examples/first_connector", "examples/paid_connector", "examples/paid_service",
             "requirements/work.txt")  # fmt: skip
INPUTS = (*LOOKED_AT, "docs/mutants.toml")
RUNS = 20  # of our connector, without a mistake
AGAIN = "WKS"  # what is looked at again and again: faults take most of the time
GOALS = {"seconds_wire_and_kubernetes": 60, "seconds_all": 300}
WORDS = {
    "passed": "passed",
    "failed": "failed",
    "unexpected_pass": "unexpected_passes",
    "expected_failure": "expected_failures",
    "not_applicable": "not_applicable",
    "not_tried": "not_tried",
}


@dataclass
class Recorder:
    """Looks at everything.

    Args:
        targets: Our plugins.
        command: Returns the command line of connector-sanity for one of them.
        folder: For what is only needed meanwhile.
        results: For the JSON of the runs.
        program: connector-sanity.
        say: Gets lines of progress.
    """

    targets: Sequence[Target]
    command: Callable[..., list[str]]
    folder: Path
    results: Path
    program: Path
    say: Callable[[str], object]

    inputs: str = field(default_factory=lambda: freshness.fingerprint(LOOKED_AT))

    def kept(self, name: str, more: str = "") -> bool:
        """Return whether something was found with these very files already, and `more`: an hour may be cut short."""
        stamp = self.results / f"{name}.of"
        return stamp.exists() and stamp.read_text(encoding="utf-8") == self.inputs + more

    def keep(self, name: str, more: str = "") -> None:
        """Note that something was found with these files."""
        (self.results / f"{name}.of").write_text(self.inputs + more, encoding="utf-8")

    def run(self, target: Target, name: str, *words: str) -> dict[str, Any]:
        """Run the kit on a target, unless it was done with these files, and return what it told."""
        file = self.results / f"{name}.json"
        if not self.kept(name):
            file.unlink(missing_ok=True)
            self.say(f"\n{name}: {target.title}")
            sanity_run.run(self.command(target, f"--json={file}", *words))
            if file.exists():
                self.keep(name)
        return read(file)

    def python(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Look at the connectors in Python, unless it was done with these files."""
        if not self.kept("python"):
            sanity_python.look(self.program, self.results, self.folder, self.say)
            self.keep("python")
        return {
            name: (title, read(self.results / f"{name}.json")) for name, title in sanity_python.TITLES.items()
        }

    def mutants(self) -> dict[str, bool]:
        """Return mutant -> whether it was seen; those that were seen with these files are not tried again."""
        named = {target.name: target for target in self.targets}
        order = lambda name, words: self.command(named[name], *words)  # noqa: E731
        found = {
            mutant.id: self.kept(f"mutant-{mutant.id}", mutant.digest()) for mutant in sanity_mutants.read()
        }
        left = [mutant for mutant in sanity_mutants.read() if not found[mutant.id]]
        for mutant, killed in sanity_mutants.tried(left, self.folder / "mutants", order, self.say):
            found[mutant.id] = killed
            if killed:
                self.keep(f"mutant-{mutant.id}", mutant.digest())
        return found

    def all(self) -> dict[str, Any]:
        """Look at everything, and return what is published."""
        first = self.targets[0]
        seen = {target.name: (target.title, self.run(target, target.name)) for target in self.targets}
        quick = self.run(first, "quick", "--level=WK")
        again = self.run(first, "again", f"--level={AGAIN}", f"--repeat={RUNS}")
        seen |= self.python()
        seen["jobset"] = ("a plugin for JobSet that was made of ours, step by step", read(JOBSET))
        mutants = self.mutants()
        return {
            "about": {
                "date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
                "machine": f"{os.cpu_count()} processors ({bench.processor()})",
                "inputs": freshness.fingerprint(INPUTS),
                "again": AGAIN,
            },
            "targets": {name: target(title, told) for name, (title, told) in seen.items() if told},
            "fault_points": seen[first.name][1].get("fault_points", 0),
            "invariant_breaks": seen[first.name][1].get("invariant_breaks", 0),
            "mutants": len(mutants),
            "mutants_killed": sum(mutants.values()),
            "survivors": [id for id, killed in mutants.items() if not killed],
            "runs": again.get("repeat", 0),
            "false_alarms_in_20": alarms(again),
            "seconds_wire_and_kubernetes": quick.get("seconds"),
            "seconds_all": seen[first.name][1].get("seconds"),
            "goals": GOALS,
        }


def read(file: Path) -> dict[str, Any]:
    """Return what a run told; nothing when it did not come so far."""
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return told


def target(title: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is published about one target."""
    known = {each["id"]: each["expected"] for each in told["checks"] if each["outcome"] == "expected failure"}
    bad = [each["id"] for each in told["checks"] if each["outcome"] in BAD]
    numbers = {WORDS[word]: number for word, number in told["counts"].items()}
    return {"title": title, **numbers, "seconds": told["seconds"], "known": known, "bad": bad}


def alarms(told: Mapping[str, Any]) -> int | None:
    """Return how many functions of checks failed on a connector without a mistake; None when nobody has looked."""
    return sum(each["failures"] for each in told["checks"]) if told else None


def problems(result: Mapping[str, Any]) -> list[str]:
    """Return what keeps a result from being published."""
    found = [f"{name}: {', '.join(each['bad'])}" for name, each in result["targets"].items() if each["bad"]]
    found += [
        f"target {name} was not looked at"
        for name in ("job", "paid", "first")
        if name not in result["targets"]
    ]
    if result["survivors"]:
        found.append(f"mutants that nobody saw: {', '.join(result['survivors'])}")
    if result["false_alarms_in_20"] != 0 or result["runs"] != RUNS:
        found.append(f"{result['false_alarms_in_20']} false alarms in {result['runs']} runs")
    if result["invariant_breaks"] or not result["fault_points"]:
        found.append(f"{result['invariant_breaks']} broken of {result['fault_points']} fault points")
    return found


def record(recorder: Recorder) -> bool:
    """Look at everything, write the result, and return whether it may be published, and was."""
    result = recorder.all()
    text = json.dumps(result, indent=1) + "\n"
    RESULT.write_text(text, encoding="utf-8")
    found = problems(result)
    for each in found:
        recorder.say(f"sanity: {each}")
    if not found:
        RECORD.write_text(text, encoding="utf-8")
    recorder.say(
        f"sanity: {'not published' if found else 'docs/records/conformance.json is what was seen now'}"
    )
    return not found
