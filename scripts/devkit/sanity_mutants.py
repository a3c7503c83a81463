"""Does connector-sanity see it when a connector breaks a promise? `make sanity ARGS=--mutants` makes it break some.

Each mutant of docs/mutants.toml is our connector with one mistake. The tree is not changed: Go takes the changed files
from elsewhere (`go build -overlay`). The check that a mutant names has to fail, or the check is worth nothing.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devkit import lifeline, progress, sanity_run
from devkit.toolchain import ROOT, ToolchainError, go

FILE = ROOT / "docs" / "mutants.toml"
FIELDS = {"id", "wrong", "killed_by", "file", "replace", "by"}
MORE = {"also", "with", "target", "set"}


@dataclass(frozen=True)
class Change:
    """One place of one file: `replace` stands there exactly once."""

    file: Path
    replace: str
    by: str


@dataclass(frozen=True)
class Mutant:
    """A connector with a mistake.

    Args:
        id: Some words.
        wrong: What it does, in a sentence.
        killed_by: The check that has to fail.
        target: The profile that shows it.
        set: Other values of that profile.
        changes: In our sources.
    """

    id: str
    wrong: str
    killed_by: str
    target: str
    set: Sequence[str]
    changes: Sequence[Change] = field(default_factory=tuple)

    def digest(self) -> str:
        """Return a hash of what docs/mutants.toml says of it."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:20]

    def overlay(self, folder: Path) -> Path:
        """Write the changed files, and what Go has to know; raises ToolchainError for a text that is gone."""
        texts: dict[Path, str] = {}
        for change in self.changes:
            text = texts.get(change.file) or change.file.read_text(encoding="utf-8")
            if (count := text.count(change.replace)) != 1:
                raise ToolchainError(
                    f"docs/mutants.toml: {self.id}: {change.file.relative_to(ROOT)} has its text {count} times, "
                    f"and it must be there once:\n{change.replace}"
                )
            texts[change.file] = text.replace(change.replace, change.by)
        replaced = {}
        for number, (file, text) in enumerate(texts.items()):
            replaced[str(file)] = str(folder / f"{number}-{file.name}")
            Path(replaced[str(file)]).write_text(text, encoding="utf-8")
        overlay = folder / "overlay.json"
        overlay.write_text(json.dumps({"Replace": replaced}), encoding="utf-8")
        return overlay

    def build(self, folder: Path) -> Path:
        """Return the program; raises ToolchainError when it does not compile: a mutant has to be a connector."""
        folder.mkdir(parents=True, exist_ok=True)
        tool, path = go(), folder / "connector"
        words = [
            "build",
            "-v",
            f"-overlay={self.overlay(folder)}",
            "-ldflags=-s -w",
            "-o",
            str(path),
            "./cmd/connector",
        ]
        command = lifeline.argv(tool.command, *words)
        progress.run(command, tool.env, ROOT / "go", f"mutant {self.id}", quiet=30)
        return path


def read(file: Path = FILE) -> list[Mutant]:
    """Return the mutants; raises ToolchainError for one that is not as it has to be."""
    found = [_mutant(each) for each in tomllib.loads(file.read_text(encoding="utf-8"))["mutant"]]
    ids = [mutant.id for mutant in found]
    if twice := sorted({id for id in ids if ids.count(id) > 1}):
        raise ToolchainError(f"docs/mutants.toml: {', '.join(twice)} is there twice")
    for mutant in found:
        for change in mutant.changes:
            if not change.file.is_file():
                raise ToolchainError(
                    f"docs/mutants.toml: {mutant.id}: there is no file {change.file.relative_to(ROOT)}"
                )
    return found


def _mutant(said: Mapping[str, Any]) -> Mutant:
    if missing := FIELDS - set(said) | set(said) - FIELDS - MORE:
        raise ToolchainError(
            f"docs/mutants.toml: {said.get('id')}: missing or unknown: {', '.join(sorted(missing))}"
        )
    places = [said, *({"file": said["file"], **each} for each in said.get("also", ())), *said.get("with", ())]
    changes = [Change(ROOT / each["file"], each["replace"], each["by"]) for each in places]
    return Mutant(
        said["id"],
        said["wrong"],
        said["killed_by"],
        said.get("target", "job"),
        said.get("set", ()),
        tuple(changes),
    )


def tried(
    mutants: Sequence[Mutant],
    folder: Path,
    command: Callable[[str, Sequence[str]], list[str]],
    say: Callable[[str], object],
) -> Iterator[tuple[Mutant, bool]]:
    """Build each mutant, look at it, and yield whether its check has failed.

    Args:
        mutants: Which.
        folder: For what is built.
        command: Returns the command line of connector-sanity for a target, with more options.
        say: Gets lines of progress.
    """
    for number, mutant in enumerate(mutants, 1):
        program = mutant.build(folder / mutant.id)
        options = [f"--only={mutant.killed_by}", f"--json={folder / mutant.id / 'seen.json'}"]
        options += [f"--set={each}" for each in (f"start.command.0={program}", *mutant.set)]
        log = folder / mutant.id / "said.txt"
        ended = sanity_run.run(command(mutant.target, options), log)
        program.unlink()
        outcome = outcome_of(folder / mutant.id / "seen.json", mutant.killed_by)
        killed = ended == 1 and outcome == "failed"
        word = "killed by" if killed else "SURVIVES"
        say(f"{number:>3} of {len(mutants)}  {word} {mutant.killed_by:<3} {mutant.id}: {mutant.wrong}")
        if not killed:
            said = log.read_text(encoding="utf-8", errors="replace")[-3000:]
            say(f"{outcome or 'no outcome'}, exit code {ended}\n{said}")
        yield mutant, killed


def outcome_of(file: Path, check: str) -> str:
    """Return what a check came to, from the JSON of a run; "" where there is none."""
    if not file.exists():
        return ""
    found = [
        each["outcome"]
        for each in json.loads(file.read_text(encoding="utf-8"))["checks"]
        if each["id"] == check
    ]
    return str(found[0]) if found else ""
