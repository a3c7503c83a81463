"""What does the robot of `make walk` do on a page? It types, applies, saves and runs, and notes what does not work."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from devkit import walk_tree
from devkit.toolchain import ROOT
from devkit.walk_page import Act, Archive, Command, File, Patch

# Commands for a clone of the repository that need no cluster and end within seconds: the robot runs these, too.
HERE = re.compile(r"make (?:try|decide ARGS=|todo)")
TESTS = re.compile(r"\b(?:py)?test\b")
LIMIT = 1200  # seconds for one command
NOTED = re.compile(r"compared again by (make \w+)")


@dataclass
class Walk:
    """One walk in an empty folder: where the robot stands, and what it has done."""

    home: Path
    env: dict[str, str]
    here: Path = field(init=False)
    written: list[str] = field(default_factory=list)  # files typed from blocks, or changed by a patch
    taken: list[str] = field(default_factory=list)  # files out of archives
    ran: list[dict[str, str]] = field(default_factory=list)
    not_run: dict[str, dict[str, str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    tried: int = 0  # tests of the reader's own tree that passed
    said: str = ""  # what the commands of a page have printed

    def __post_init__(self) -> None:
        self.here = self.home

    def do(self, page: str, act: Act) -> None:
        if isinstance(act, File):
            self.type(page, act)
        elif isinstance(act, Patch):
            self.patch(page, act)
        elif isinstance(act, Archive):
            self.save(page, act)
        else:
            self.command(page, act)

    def type(self, page: str, file: File) -> None:
        """Write a file as the page shows it; prose between its blocks comes from the copy that the page links to."""
        if not file.copy.is_file():
            self.faults.append(f"{page}: {file.name}: its link leads to nothing")
            return
        copy = file.copy.read_bytes()
        if difference := walk_tree.typed(file.name, file.blocks, copy):
            self.faults.append(f"{page}: {difference}")
        path = self.here / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(copy)
        self.written.append(file.name)

    def patch(self, page: str, patch: Patch) -> None:
        # Not the repository around this folder, if there is one.
        env = self.env | {"GIT_CEILING_DIRECTORIES": str(self.home)}
        command = ["git", "apply", "-"]
        done = subprocess.run(
            command, cwd=self.here, env=env, input=patch.text, capture_output=True, text=True
        )
        names = re.findall(r"^\+\+\+ b/(.*)$", patch.text, re.MULTILINE)
        if done.returncode != 0:
            self.faults.append(
                f"{page}: the change of {', '.join(names)} does not apply: {done.stderr.strip()}"
            )
        self.written += names

    def save(self, page: str, archive: Archive) -> None:
        if not archive.copy.is_file():
            self.faults.append(f"{page}: the link to {archive.copy.name} leads to nothing")
            return
        shutil.copy(archive.copy, self.home)
        with zipfile.ZipFile(archive.copy) as opened:
            self.taken += [name for name in opened.namelist() if PurePosixPath(name).name != "README.md"]

    def command(self, page: str, command: Command) -> None:
        """Run a command, or say why not. One that ends with an error is a fault."""
        if why := self.reason(command):
            self.not_run.setdefault(command.line, {"command": command.line, "page": page, "why": why})
            if command.shown:  # which says more than that a sentence has it
                self.not_run[command.line]["why"] = why
            return
        begun = time.monotonic()
        code, said = self.run(command)
        self.said += said
        seconds = time.monotonic() - begun
        self.ran.append({"command": command.line, "page": page, "seconds": f"{seconds:.1f}"})
        print(f"  {'ran' if code == 0 else 'FAILED'}: {command.line[:90]} ({seconds:.1f} s)", flush=True)
        if code != 0:
            self.faults.append(f"{page}: `{command.line}` ended with {code}:\n{said[-2000:]}")
        self.tried += command.in_tree and code == 0 and bool(TESTS.search(command.line))

    def end(self, page: str, promised: list[str]) -> None:
        """End a page: what it promised must have been printed, unless it comes from a command that is not run here."""
        if not any(line in self.not_run for line in promised):
            missing = (text for text in promised if text not in self.said)
            self.faults += [f"{page}: one should see {text!r}, and no command printed it" for text in missing]
        self.said = ""

    def reason(self, command: Command) -> str:
        """Return why the robot does not run a command, "" if it does."""
        if command.in_tree or (command.shown and HERE.match(command.line)):
            return ""
        if not command.shown:
            return "named in a sentence, and not shown to be typed"
        found = NOTED.search(command.note)
        return f"its output is a record, which {found[1]} makes again and compares" if found else command.note

    def run(self, command: Command) -> tuple[int, str]:
        """Run a command where the robot stands, or here; it then stands where the command has gone."""
        folder, env = (self.here, self.env) if command.in_tree else (ROOT, walk_tree.plain(os.environ))
        stands = self.home / ".stands"
        words = ["bash", "-c", f'{command.line}\ncode=$?; pwd -P >"$0"; exit $code', str(stands)]
        try:
            done = subprocess.run(
                words, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, timeout=LIMIT,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return 124, f"it took longer than {LIMIT} seconds"
        if command.in_tree:
            self.here = Path(stands.read_text().strip())
        stands.unlink(missing_ok=True)
        return done.returncode, done.stdout
