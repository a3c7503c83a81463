"""Does `make decide` ask what it must, say what follows, and refuse what it does not know with what would be right?"""

from __future__ import annotations

import functools
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from devkit import decide, decide_rules
from devkit.toolchain import ROOT

GUIDE = decide_rules.load()


def typing(*words: str) -> Iterator[str]:
    yield from words


def test_it_asks_until_the_verdict_is_final_and_says_why_each_kind_is_out(capsys: pytest.CaptureFixture[str]):
    words = typing("1", "operator", "yes", "?", "-", "2")
    with pytest.raises(StopIteration):  # when it asks on
        decide.ask(GUIDE, lambda prompt: next(words))
    printed = capsys.readouterr().out
    assert "Out: Flyte's own plugin. Flyte has none that does what you need." in printed
    assert "Out: SDK only. An abort ends the task's pod." in printed
    assert "docs/performance.md#a-poll" in printed, "a question mark shows the evidence"
    words = typing("no", "pod")
    assert decide.ask(GUIDE, lambda prompt: next(words)) == {"exists": "no", "work": "pod"}
    assert "Out: Python connector, Go connector, In-process plugin. The work stays" in capsys.readouterr().out


def test_what_is_no_answer_is_asked_again_and_said_to_be_none(capsys: pytest.CaptureFixture[str]):
    words = typing("3", "maybe", "yes")
    assert decide.ask(GUIDE, lambda prompt: next(words)) == {"exists": "yes"}
    printed = capsys.readouterr().out
    assert "'3' is no answer: want 1 to 2, no or yes, - or ?" in printed
    assert "'maybe' is no answer" in printed


def test_what_one_does_not_know_stays_open(capsys: pytest.CaptureFixture[str]):
    words = typing(*["-"] * len(GUIDE.questions))
    answers = decide.ask(GUIDE, lambda prompt: next(words))
    assert answers == {}
    assert "Not final" in "\n".join(decide.verdict(GUIDE, answers))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["abort"], "'abort': want QUESTION=ANSWER, such as exists=no"),
        (["speed=high"], "no question 'speed': there are exists, work,"),
        (["abort=maybe"], "question 'abort' has no answer 'maybe': want no or yes"),
        (["abort=no", "abort=yes"], "question 'abort' is answered twice, 'no' and 'yes': want one"),
    ],
)
def test_an_answer_that_nobody_knows_ends_it_with_those_that_are_right(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
):
    assert decide.main(words) == 2
    seen = capsys.readouterr()
    assert says in seen.err
    assert seen.out == ""


def test_answers_as_arguments_give_the_verdict_its_reasons_and_links(capsys: pytest.CaptureFixture[str]):
    assert decide.main(["exists=no", "work=service", "abort=yes"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Take: Python connector, as far as the answers go\n")
    assert "abort=yes, work=service: An abort ends the task's pod." in printed
    assert "docs/abort-experiment.md" in printed
    assert "decide.html#exists=no&work=service&abort=yes" in printed


def test_a_final_verdict_is_not_called_open(capsys: pytest.CaptureFixture[str]):
    assert decide.main(["exists=no", "work=pod"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Take: SDK only\n")
    assert "Not final" not in printed


def test_a_contradiction_names_what_to_give_up(capsys: pytest.CaptureFixture[str]):
    assert decide.main(["exists=no", "work=operator", "abort=yes", "deploy=service", "progress=yes"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("No kind fits: the answers contradict each other\n")
    assert "Go connector is possible if you give up progress=yes." in printed
    assert "In-process plugin is possible if you give up deploy=service." in printed


def test_every_question_and_answer_is_on_the_list(capsys: pytest.CaptureFixture[str]):
    assert decide.main(["--list"]) == 0
    printed = capsys.readouterr().out
    for question in GUIDE.questions:
        for answer in question.answers:
            assert f"{question.id}={answer} " in printed


def test_nothing_is_wider_than_a_terminal(capsys: pytest.CaptureFixture[str]):
    decide.main(["--list"])
    decide.main(["exists=no", "work=operator", "abort=yes", "deploy=nothing", "languages=python"])
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 120


@pytest.fixture
def terminal() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """make decide's program on a terminal, and our end of it."""
    ours, theirs = pty.openpty()
    env = dict(os.environ) | {"PYTHONPATH": str(ROOT / "scripts")}
    command = [sys.executable, "-m", "devkit.decide"]
    listen = functools.partial(
        signal.signal, signal.SIGINT, signal.SIG_DFL
    )  # also where these tests ignore it
    running = subprocess.Popen(
        command, env=env, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, preexec_fn=listen
    )
    os.close(theirs)
    yield running, ours
    running.kill()
    running.wait()
    os.close(ours)


@pytest.mark.parametrize("end", ["Ctrl-C", "Ctrl-D"])
def test_on_a_terminal_it_asks_until_somebody_has_enough(
    end: str, terminal: tuple[subprocess.Popen[bytes], int]
):
    running, ours = terminal
    until(ours, b"I do not know")
    os.write(ours, b"1\n")
    assert b"Where does the work happen?" in until(ours, b"I do not know")

    def enough() -> None:
        os.write(ours, b"\x04") if end == "Ctrl-D" else running.send_signal(signal.SIGINT)

    until(ours, b"nothing is decided", again=enough)
    assert running.wait(10) == 130


def until(terminal: int, text: bytes, again: Callable[[], object] = bool, seconds: float = 20) -> bytes:
    """Return what a terminal shows until `text` is there; fails when it does not come.

    `again` is done every second: a Ctrl-C between the question and the reading is seen only at the next one.
    """
    seen, deadline = b"", time.monotonic() + seconds
    again()
    while text not in seen:
        assert time.monotonic() < deadline, seen
        if select.select([terminal], [], [], 1)[0]:
            seen += os.read(terminal, 4096)
        else:
            again()
    return seen
