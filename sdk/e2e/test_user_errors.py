"""What does a user of Flyte read when the task's function has raised? A record of three ways to say it."""

from __future__ import annotations

import cases
import pytest
from attempts import Attempt
from flyteidl.core.execution_pb2 import TaskExecution
from waiting import until

from devkit import records

DEPTH = 60  # frames: the traceback is longer than what Kubernetes, or the connector, keeps
WORDS = "größer als erlaubt: 42 µs > 7 µs"
TASKS = {"has an output to return": cases.decline, "returns nothing": cases.decline_without_output}
LOG, TERMINATION, FILE = "the end of its log", "its termination message", "error.pb, --read-outputs"
WIDE = 170  # characters
INPUTS = "go, sdk, scripts/devkit/connector.py"


@pytest.fixture
def answers(connector, start_connector) -> dict[tuple[str, str], tuple[str, str]]:
    """Phase and message that Flyte gets, by the connector's way to learn why, and by the kind of task."""
    ways = {
        # Without this variable our node has no file for the message, as if the SDK had written none.
        LOG: start_connector(env="NO=message"),
        TERMINATION: connector,
        FILE: start_connector(read_outputs="true"),
    }
    attempts = {(way, what): Attempt(task, depth=DEPTH) for way in ways for what, task in TASKS.items()}
    for (way, _), attempt in attempts.items():
        attempt.create(ways[way])
    found = {}
    for (way, what), attempt in attempts.items():
        until(lambda attempt=attempt, to=ways[way]: attempt.ended(to), f"{attempt.prefix} ends", 120)
        last = attempt.get(ways[way])
        found[way, what] = TaskExecution.Phase.Name(last.phase), last.message
        attempt.delete(ways[way])
    return found


def excerpt(message: str) -> list[str]:
    """Return the first and the last lines of a message: how many frames there are between them depends on the length of
    this machine's paths. A log in JSON has its frames in one line."""
    lines = message.splitlines()
    last = max(number for number, line in enumerate(lines) if "File" in line)
    end = lines[last:] if len(lines[last]) < WIDE else [f"… {lines[last][-WIDE:]}", *lines[last + 1 :]]
    return [lines[0].partition("…")[0] + "…", *end]


def show(way: str, what: str, phase: str, message: str) -> str:
    lines = "".join(f"  | {line}".rstrip() + "\n" for line in excerpt(message))
    size = f"{len(message.encode()) / 1024:.1f} KiB"
    return f"A task that {what}; its error is read from {way}:\n{phase}, {size}\n{lines}\n"


def test_what_a_user_reads_is_what_the_site_shows(answers):
    for (way, _), (phase, message) in answers.items():
        assert (WORDS in message) == (way != LOG), message  # flytekit's log is JSON, and escapes it
        assert "\ufffd" not in message, "a character was cut in two"
        assert phase == ("FAILED" if way == FILE else "RETRYABLE_FAILED")
    text = "".join(show(*key, *said) for key, said in answers.items())
    difference = records.compare("user_errors", "pytest sdk/e2e/test_user_errors.py", text, INPUTS)
    assert not difference, f"`make e2e` with {records.UPDATE}=1 writes the record anew:\n{difference}"
