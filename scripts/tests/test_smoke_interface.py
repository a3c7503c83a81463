"""When is an execution aborted that may have ended, or may not have arrived yet?"""

from __future__ import annotations

import pytest

from devkit import smoke_interface
from devkit.smoke_interface import NotThereError, Seen, last_words, terminate
from devkit.smoke_report import SmokeError


class Played:
    """A Flyte in which an execution is seen in one phase after the other; "" is: not there.

    Args:
        phases: What is seen, look by look; the last one stays.
        refuses: Whether an abort is refused.
    """

    def __init__(self, *phases: str, refuses: bool = False) -> None:
        self._phases, self._refuses = list(phases), refuses
        self.aborted = False

    def look(self, name: str) -> Seen:
        phase = self._phases.pop(0) if len(self._phases) > 1 else self._phases[0]
        if not phase:
            raise NotThereError(name)
        return Seen(phase)

    def abort(self, name: str) -> None:
        if self._refuses:
            raise SmokeError("abort of it: no", "it is refused", "the login")
        self.aborted = True


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smoke_interface, "LATE", 0.6)


@pytest.mark.parametrize(
    ("flyte", "aborted"),
    [
        (Played("RUNNING"), True),
        (Played("", "QUEUED"), True),
        (Played("SUCCEEDED"), False),
        (Played("TIMED_OUT"), False),
        (Played(""), False),
    ],
    ids=["runs", "arrives late", "has ended", "took too long", "never came"],
)
def test_only_what_runs_is_aborted(flyte: Played, aborted: bool):
    assert terminate(flyte, "smoke-1") is aborted
    assert flyte.aborted is aborted


def test_an_abort_that_comes_too_late_is_no_error_and_one_that_is_refused_is():
    assert terminate(Played("RUNNING", "FAILED", refuses=True), "smoke-1") is False
    with pytest.raises(SmokeError, match="abort of it: no"):
        terminate(Played("RUNNING", refuses=True), "smoke-1")


def test_of_a_long_error_the_end_is_shown():
    assert last_words("one\n  line") == "one line"
    assert last_words("x" * 400 + " ValueError: 3") == f"… {'x' * 286} ValueError: 3"
