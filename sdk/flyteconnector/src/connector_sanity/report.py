"""What did the checks find? A line for each on the terminal, then what to change; the same as JSON and as a page."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from connector_sanity import page
from connector_sanity.outcome import BAD, Outcome, Result, Seen, counts
from connector_sanity.registry import CHECKS, Check
from connector_sanity.settings import Settings

TAIL = 4000  # characters of pytest's report that are kept
WIDE, LONG = 400, 12  # characters of a line, and lines, of what was seen; on the terminal
GROUPS = "PILDMSOEF"  # in the order of a connector's life


def of(item: pytest.Item) -> Check | None:
    """Return the check that a function is of."""
    check: Check | None = getattr(getattr(item, "function", None), "sanity_check", None)
    return check


def order(id: str) -> tuple[int, int]:
    """Return what to sort the ids of checks by."""
    return GROUPS.find(id[0]), int(id[1:])


class Report:
    """Gathers what the functions came to, and tells it.

    Args:
        settings: Of the run.
        write: Gets each line of the terminal.
    """

    def __init__(self, settings: Settings, write: Callable[[str], object] = print) -> None:
        self._settings, self._write, self._began = settings, write, time.monotonic()
        self._left: dict[str, int] = {}
        self.results: dict[str, Result] = {}

    def of(self, check: Check) -> Result:
        """Return a check's result, which grows."""
        if check.id not in self.results:
            self.results[check.id] = Result(CHECKS[check.id], self._settings.expected.get(check.id, ""))
        return self.results[check.id]

    def leave_out(self, check: Check, why: str, slow: bool = False) -> None:
        """Note that a function is not even started."""
        result = self.of(check)
        result.slow = result.slow or slow
        result.left_out.add(why)

    def begin(self, items: Sequence[pytest.Item]) -> None:
        """Say what is to be done; lines come as soon as the last function of a check has ended."""
        for item in items:
            if (check := of(item)) is not None:
                self._left[check.id] = self._left.get(check.id, 0) + 1
        settings = self._settings
        flytes = " and ".join(str(number) for number in settings.profile.dialects)
        self._write(
            f"connector-sanity: {settings.profile.name}, as Flyte {flytes} calls it; {len(self._left)} checks, "
            f"{len(items)} calls of their functions; run {settings.run}"
        )

    def keep(self, item: pytest.Item, seen: pytest.TestReport) -> None:
        """Add what one phase of one function came to."""
        check = of(item)
        if check is None:
            return
        result = self.of(check)
        result.seconds += seen.duration
        if seen.when == "call" or seen.outcome != "passed":
            outcome = "error" if seen.failed and seen.when != "call" else seen.outcome
            text = str(seen.longrepr or "")[-TAIL:]
            result.seen.append(Seen(item.name, outcome, said(seen), text))
        if seen.failed and seen.when == "call" and check.id in self._settings.expected:
            reason = self._settings.expected[check.id]
            seen.outcome, seen.wasxfail = "skipped", reason  # for JUnit and the exit code
        if seen.when == "teardown":
            self._left[check.id] -= 1
            if not self._left[check.id]:
                self._write(line(self.of(check)))

    def end(self) -> bool:
        """Tell all that remains to be told; return whether something is not as it has to be."""
        results = self.sorted()
        for text in left_out(results):
            self._write(text)
        for result in results:
            if result.outcome in BAD:
                self._write(advice(result))
        told = self.told(results)
        self._write("\n" + verdict(self._settings.profile.name, results, time.monotonic() - self._began))
        if self._settings.json:
            self._settings.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        if self._settings.html:
            self._settings.html.write_text(page.render(told), encoding="utf-8")
        return any(result.outcome in BAD for result in results)

    def sorted(self) -> list[Result]:
        """Return the results in the order of their checks."""
        return [self.results[id] for id in sorted(self.results, key=order)]

    def told(self, results: Sequence[Result]) -> dict[str, object]:
        """Return all of it for JSON and HTML."""
        settings = self._settings
        return {
            "profile": settings.profile.name,
            "task_type": settings.profile.task_type,
            "dialects": list(settings.profile.dialects),
            "levels": list(settings.able()),
            "run": settings.run,
            "repeat": settings.repeat,
            "seconds": round(time.monotonic() - self._began, 1),
            "counts": counts(results),
            "fault_points": len(settings.faults),
            "invariant_breaks": sum(bool(each["breaks"]) for each in settings.faults),
            "faults": settings.faults,
            "checks": [result.told() for result in results],
        }


def said(seen: pytest.TestReport) -> str:
    """Return an assertion's message, or why a function was skipped."""
    if isinstance(seen.longrepr, tuple):
        return str(seen.longrepr[2]).removeprefix("Skipped: ")
    crash = getattr(seen.longrepr, "reprcrash", None)
    words = str(crash.message if crash is not None else seen.longrepr or "")
    return re.sub(r"\nassert .*", "", words.removeprefix("AssertionError: "), flags=re.DOTALL)


def line(result: Result) -> str:
    """Return what the terminal says of a check as soon as it is over."""
    outcome, check = result.outcome, result.check
    word = outcome.upper() if outcome in BAD else str(outcome)
    took = f"{result.seconds:5.1f} s"
    first = f"{check.id:<3} {word:<16} {took}  {check.title}"
    if outcome in BAD or not (why := result.expected or result.words):
        return first
    return f"{first}\n{' ' * 30}{why.splitlines()[0]}"


def left_out(results: Sequence[Result]) -> Iterator[str]:
    """Yield a line for each reason why checks were not even started."""
    reasons: dict[str, list[str]] = {}
    for result in results:
        if not result.seen:
            reasons.setdefault(f"{result.outcome}: {result.words.splitlines()[0]}", []).append(
                result.check.id
            )
    for reason, ids in reasons.items():
        yield f"\n{reason}: " + ", ".join(ids)


def short(text: str) -> str:
    """Return the beginning of a long text; all of it is in the JSON and in the page."""
    lines = [each if len(each) <= WIDE else each[:WIDE] + " …" for each in text.strip().splitlines()]
    return "\n".join(lines[:LONG] + [f"… and {len(lines) - LONG} lines more"] * (len(lines) > LONG))


def advice(result: Result) -> str:
    """Return what a connector's author has to know about a failure."""
    check = result.check
    about = {
        "seen": result.words,
        "expected": check.expects,
        "to do": check.fix,
        "because": check.source,
    }
    if result.outcome is Outcome.UNEXPECTED:
        about = {"seen": result.words}
    lines = [f"\n{check.id}, {check.severity}: {check.title}"]
    for name, text in about.items():
        lines.append(f"  {name + ':':<10}" + short(text).replace("\n", "\n" + " " * 12))
    return "\n".join(lines)


def verdict(name: str, results: Sequence[Result], seconds: float) -> str:
    """Return the last line."""
    found = counts(results)
    numbers = [
        f"{number} {word.replace('_', ' ')}" for word, number in found.items() if number or word == "passed"
    ]
    bad = [result.check.id for result in results if result.outcome in BAD]
    looked_at = found["passed"] + found["expected_failure"] + len(bad)
    end = f"not as it has to be: {', '.join(bad)}" if bad else "all as it has to be"
    return f"{name}: {', '.join(numbers)} in {seconds:.1f} s: {end if looked_at else 'nothing was looked at'}"
