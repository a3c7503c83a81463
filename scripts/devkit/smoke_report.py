"""What has a smoke test seen, and what does a failure mean? Lines while it runs, a table at its end, a file for CI."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from rich.console import Console
from rich.markup import escape
from rich.table import Table

WIDTH = 118  # characters of the table, also in a log
SHAPES = (".json", ".xml")


class SmokeError(RuntimeError):
    """A check that failed.

    Args:
        seen: What was there instead.
        means: What it means.
        look: What to look at, or to change.
    """

    def __init__(self, seen: str, means: str, look: str) -> None:
        super().__init__(seen)
        self.seen, self.means, self.look = seen, means, look


@dataclass
class Check:
    """One promise. `ok` is None as long as nobody has tried."""

    name: str
    promised: str
    ok: bool | None = None
    seconds: float = 0.0
    seen: str = "not tried"
    means: str = ""
    look: str = ""


@dataclass
class Report:
    """All checks, in their order; `about` says where they were made."""

    about: dict[str, str]
    checks: list[Check]
    began: float = field(default_factory=time.monotonic)

    def say(self, text: str) -> None:
        print(f"  [{time.monotonic() - self.began:6.1f}s] {text}", flush=True)

    def __getitem__(self, name: str) -> Check:
        return next(check for check in self.checks if check.name == name)

    @contextmanager
    def check(self, name: str) -> Iterator[Check]:
        """Try one promise: it is kept when the enclosed code ends without SmokeError; the code says what it saw."""
        check, began = self[name], time.monotonic()
        check.seen = "interrupted"
        try:
            yield check
            check.ok = True
        except SmokeError as error:
            check.ok, check.seen, check.means, check.look = False, error.seen, error.means, error.look
        except Exception as error:
            check.ok, check.seen = False, f"{type(error).__name__}: {error}"
            raise
        check.seconds = round(time.monotonic() - began, 1)
        self.say(f"{'yes' if check.ok else 'NO'}  {name}: {check.seen}")
        for what, text in (("means", check.means), ("look at", check.look)):
            if text:
                print(f"{'':13}{what}: {text}", flush=True)

    def ok(self) -> bool:
        """Whether each promise was tried, and kept."""
        return all(check.ok for check in self.checks)

    def show(self) -> None:
        """Print the verdicts as a table."""
        table = Table("", "promised", "seen", "seconds", box=None, padding=(0, 2, 0, 0))
        for check in self.checks:
            verdict = {True: "[green]yes[/]", False: "[red]NO[/]", None: "-"}[check.ok]
            table.add_row(
                verdict, check.promised, escape(check.seen), f"{check.seconds:.1f} s" if check.seconds else ""
            )
        Console(width=WIDTH).print(table)

    def write(self, path: Path) -> None:
        """Write JSON, or JUnit's XML when the name ends with .xml."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".xml":
            ElementTree.ElementTree(self.junit()).write(path, encoding="utf-8", xml_declaration=True)
            return
        values = {"ok": self.ok(), **self.about, "checks": [asdict(check) for check in self.checks]}
        path.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n")

    def junit(self) -> ElementTree.Element:
        """Return a test suite; what was not tried is skipped, and what failed has meaning and advice as its text."""
        failed = sum(check.ok is False for check in self.checks)
        skipped = sum(check.ok is None for check in self.checks)
        counts = {"tests": len(self.checks), "failures": failed, "skipped": skipped}
        suite = ElementTree.Element("testsuite", name="smoke", **{key: str(n) for key, n in counts.items()})
        for key, value in self.about.items():
            properties = suite.find("properties")
            if properties is None:
                properties = ElementTree.SubElement(suite, "properties")
            ElementTree.SubElement(properties, "property", name=key, value=value)
        for check in self.checks:
            case = ElementTree.SubElement(
                suite, "testcase", classname="smoke", name=check.name, time=str(check.seconds)
            )
            if check.ok is None:
                ElementTree.SubElement(case, "skipped", message=check.seen)
            elif not check.ok:
                failure = ElementTree.SubElement(case, "failure", message=check.seen)
                failure.text = f"{check.means}\n{check.look}"
        return suite
