"""What does connector-sanity tell of a connector, as lines, JSON, JUnit and a page, and with which exit code?"""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from sanity_fake import Fake
from sanity_fake_services import TYPE

from connector_sanity import command, page
from connector_sanity.outcome import Outcome, Result, Seen
from connector_sanity.registry import Check, Level, Severity

PROFILE = {"name": "fake", "task_type": TYPE, "template": {"container": {"image": "none:1"}}}
CHECK = Check("I1", Level.K, Severity.B, "a title", "one resource", "Flyte's own words", "derive the name")


@pytest.fixture
def fake() -> Iterator[Callable[[str], Fake]]:
    """Return a function that starts a connector which breaks a promise."""
    started = []

    def start(breaks: str) -> Fake:
        started.append(Fake(breaks))
        return started[-1]

    yield start
    for each in started:
        each.stop()


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Any]:
    """Return a function that runs the kit on a connector, and returns its exit code, lines and JSON."""

    def run(address: str, *words: str, **more: Any) -> Any:
        profile = tmp_path / "profile.yaml"
        profile.write_text(yaml.safe_dump(PROFILE | more), encoding="utf-8")
        whole = [sys.executable, "-m", "connector_sanity.command", address, f"--profile={profile}"]
        whole += [f"--json={tmp_path / 'seen.json'}", *words]
        done = subprocess.run(whole, capture_output=True, text=True, cwd=tmp_path, timeout=60)
        found = tmp_path / "seen.json"
        told = json.loads(found.read_text(encoding="utf-8")) if found.exists() else {}
        return (
            done.returncode,
            done.stdout + done.stderr,
            {each["id"]: each for each in told.get("checks", ())},
        )

    return run


def test_a_kept_promise_and_a_broken_one(fake: Any, run: Any, tmp_path: Path) -> None:
    junit, html = tmp_path / "seen.xml", tmp_path / "seen.html"
    code, said, told = run(fake("P3").address, "--only=P2,P3", f"--junit={junit}", f"--html={html}")
    assert (code, told["P2"]["outcome"], told["P3"]["outcome"]) == (1, "passed", "failed")
    assert "P3  FAILED" in said
    assert "P2  passed" in said
    assert "1 passed, 1 failed" in said
    assert said.rstrip().endswith("not as it has to be: P3")
    assert "to do:" in said
    assert told["P3"]["fix"] in said
    assert "UNIMPLEMENTED, or an answer, would be right" in told["P3"]["words"]
    outcomes = {
        case.get("name").split("[")[0]
        for case in ElementTree.parse(junit).iter("testcase")
        if case.findall("failure")
    }
    assert outcomes == {"test_what_is_not_supported"}
    text = html.read_text(encoding="utf-8")
    assert "Does fake survive Flyte?" in text
    assert "http" not in text.split("<tbody>")[0]


def test_an_expected_failure_is_told_and_fails_nothing(fake: Any, run: Any, tmp_path: Path) -> None:
    reasons = tmp_path / "known.yaml"
    reasons.write_text("P3: it serves no metrics, and nobody asks", encoding="utf-8")
    code, said, told = run(fake("P3").address, "--only=P2,P3", f"--expected-failures={reasons}")
    assert (code, told["P3"]["outcome"]) == (0, "expected failure")
    assert "it serves no metrics, and nobody asks" in said
    assert "1 expected failure" in said


def test_an_expected_failure_that_passes_is_an_error(fake: Any, run: Any) -> None:
    code, said, told = run(fake("").address, "--only=P2,P3", expected_failures={"P3": "once it was so"})
    assert (code, told["P3"]["outcome"]) == (1, "unexpected pass")
    assert "Take it off the list" in said


def test_what_cannot_be_looked_at_is_counted_and_says_why(fake: Any, run: Any) -> None:
    code, said, told = run(fake("").address, "--only=P3,P7,I1,L9")
    assert code == 0
    assert [told[id]["outcome"] for id in ("I1", "L9")] == ["not applicable"] * 2
    assert told["I1"]["words"] == "the profile names no resource in Kubernetes"
    assert "1 passed, 3 not applicable" in said or "1 passed, 2 not applicable, 1 not tried" in said


def test_a_run_that_looks_at_nothing_is_no_success(fake: Any, run: Any) -> None:
    code, said, _ = run(fake("").address, "--only=I1")
    assert code == 5
    assert "nothing was looked at" in said


def test_each_may_run_several_times(fake: Any, run: Any) -> None:
    code, _, told = run(fake("").address, "--only=P3", "--repeat=3")
    assert (code, told["P3"]["functions"]) == (0, 6)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--level=X"], "--level 'X': must be letters of W, K, F and S"),
        (["--kubeconfig=nowhere"], "--kubeconfig nowhere: there is no such file"),
        (["--expected-failures=nowhere"], "expected failures nowhere: "),
        (["--set=constants.deadline"], "--set 'constants.deadline': must be dotted.key=value"),
        (["--set=name.x=1"], "--set 'name.x=1': the profile has no such place"),
        (["--set=constants.deadlin=1"], "constants.deadlin: "),
    ],
)
def test_what_cannot_be_done_is_told(tmp_path: Path, capsys: Any, words: list[str], says: str) -> None:
    profile = tmp_path / "profile.yaml"
    profile.write_text(yaml.safe_dump(PROFILE), encoding="utf-8")
    assert command.main(["127.0.0.1:1", f"--profile={profile}", *words]) == 4
    assert says in capsys.readouterr().err


def test_an_unknown_check_is_told(run: Any) -> None:
    code, said, _ = run("127.0.0.1:1", "--only=P3,Z9")
    assert code == 4
    assert "--only: there is no check Z9; --list shows all" in said


def test_a_number_is_one(capsys: Any) -> None:
    with pytest.raises(SystemExit):
        command.main(["--repeat=0"])
    assert "'0': must be a number from 1 on" in capsys.readouterr().err


def test_a_profile_is_needed(capsys: Any) -> None:
    assert command.main([]) == 4
    assert "--profile FILE is missing" in capsys.readouterr().err


def test_a_list_of_all_checks(capsys: Any) -> None:
    assert command.main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len({line.split()[0] for line in lines}) > 50
    assert lines[0].startswith("P1  W blocker")


@pytest.mark.parametrize(
    ("seen", "expected", "want"),
    [
        (["passed", "failed"], "", Outcome.FAILED),
        (["passed", "failed"], "why", Outcome.EXPECTED),
        (["failed", "error"], "why", Outcome.FAILED),
        (["passed", "skipped"], "", Outcome.PASSED),
        (["passed", "passed"], "why", Outcome.UNEXPECTED),
        (["skipped"], "", Outcome.NOT_APPLICABLE),
        ([], "why", Outcome.NOT_APPLICABLE),
    ],
)
def test_what_functions_make_of_a_check(seen: list[str], expected: str, want: Outcome) -> None:
    result = Result(
        CHECK, expected, [Seen(f"f{number}", each, "words", "text") for number, each in enumerate(seen)]
    )
    assert result.outcome is want


def test_the_page_escapes_what_a_connector_says() -> None:
    result = Result(CHECK, "", [Seen("f", "failed", "<script>alert(1)</script>", "text")])
    told = {
        "profile": "<b>",
        "task_type": "t",
        "dialects": [1],
        "levels": ["W"],
        "run": "r",
        "repeat": 1,
        "seconds": 1.0,
    }
    text = page.render(told | {"counts": {"failed": 1}, "checks": [result.told()]})
    assert "<script>" not in text
    assert "<b>" not in text
    assert "&lt;script&gt;" in text
