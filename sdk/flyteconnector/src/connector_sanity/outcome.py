"""What did a check come to, over all of its functions? Passed, failed, failed as expected, or not looked at."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from connector_sanity.registry import Check


class Outcome(enum.StrEnum):
    """What the report says of a check."""

    PASSED = "passed"
    FAILED = "failed"
    EXPECTED = "expected failure"  # somebody has written down why
    UNEXPECTED = "unexpected pass"  # an expected failure that is none any more: the list has to be corrected
    NOT_APPLICABLE = "not applicable"  # the profile, or what was given, has not what it needs
    NOT_TRIED = "not tried"  # it takes minutes, and --slow was not given


BAD = (Outcome.FAILED, Outcome.UNEXPECTED)


@dataclass(frozen=True)
class Seen:
    """What one phase of one function came to.

    Attributes:
        function: Its name, with its parameters.
        outcome: pytest's: passed, failed or skipped; "error" when it did not come so far, or could not tidy up.
        words: The assertion's message, or why it was skipped.
        text: The end of pytest's report.
    """

    function: str
    outcome: str
    words: str
    text: str


@dataclass
class Result:
    """One check in one run."""

    check: Check
    expected: str = ""
    """Why it is known to fail; "" when it has to pass."""
    seen: list[Seen] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    """Why functions of it were not even started."""
    slow: bool = False
    """Whether one was left out because it takes minutes."""
    seconds: float = 0.0
    """How long all of its functions took, with what each had to start before."""

    @property
    def outcome(self) -> Outcome:
        """Return what it came to: one function that fails is enough, and one that ran is enough to pass."""
        outcomes = {each.outcome for each in self.seen}
        if "error" in outcomes:  # no promise was looked at, so none is known to be broken
            return Outcome.FAILED
        if "failed" in outcomes:
            return Outcome.EXPECTED if self.expected else Outcome.FAILED
        if "passed" in outcomes:
            return Outcome.UNEXPECTED if self.expected else Outcome.PASSED
        return Outcome.NOT_TRIED if self.slow and not outcomes else Outcome.NOT_APPLICABLE

    @property
    def words(self) -> str:
        """Return what is to be said of it: the messages of its failures, or why it was not looked at."""
        if self.outcome is Outcome.UNEXPECTED:
            return f"it passes, and was expected to fail: {self.expected}. Take it off the list"
        if self.outcome is Outcome.PASSED:
            return ""
        if self.outcome in (Outcome.FAILED, Outcome.EXPECTED):
            said = [each.words for each in self.seen if each.outcome in ("failed", "error")]
        else:
            said = [each.words for each in self.seen if each.outcome == "skipped"] + sorted(self.left_out)
        return "\n".join(dict.fromkeys(said))

    def told(self) -> dict[str, object]:
        """Return it for JSON and HTML."""
        check = self.check
        failed = [each for each in self.seen if each.outcome in ("failed", "error")]
        return {
            "id": check.id,
            "level": check.level.name,
            "severity": str(check.severity),
            "outcome": str(self.outcome),
            "seconds": round(self.seconds, 3),
            "title": check.title,
            "expects": check.expects,
            "words": self.words,
            "text": "\n\n".join(f"{each.function}\n{each.text}" for each in failed),
            "expected": self.expected,
            "fix": check.fix,
            "source": check.source,
            "functions": len({each.function for each in self.seen}),
            "failures": len({each.function for each in failed}),
        }


def counts(results: Iterable[Result]) -> dict[str, int]:
    """Return how many checks came to what: keys as in the records, passed, failed, expected_failure and so on."""
    found = Counter(result.outcome for result in results)
    return {str(outcome).replace(" ", "_"): found[outcome] for outcome in Outcome}
