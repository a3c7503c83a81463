"""Do the hosted workflows do what they say with what there is, with no more rights than they need, and pinned?

No test runs them: they are for GitHub. These look at what a copy of the repository would inherit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
Workflow = dict[Any, Any]


def names(path: Path) -> str:
    return path.stem


def workflow(path: Path) -> Workflow:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def jobs(path: Path) -> Iterator[tuple[str, Workflow]]:
    yield from workflow(path)["jobs"].items()


def commands() -> Iterator[str]:
    for path in FILES:
        for _, job in jobs(path):
            yield from (step["run"] for step in job["steps"] if "run" in step)


def not_pinned(text: str) -> list[str]:
    """Return the lines that use an action by something that can be moved."""
    return [line.strip() for line in text.splitlines() if "uses:" in line and not PINNED.search(line)]


def test_there_are_workflows():
    assert {path.stem for path in FILES} >= {"canary", "ci", "release", "vulnerabilities"}


@pytest.mark.parametrize("path", FILES, ids=names)
def test_every_action_is_named_by_its_commit(path: Path):
    assert not not_pinned(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("ref", ["v5", "main", "08c6903cd8c0", "08c6903cd8c0fde910a37f88322edcfb5dd907a8"])
def test_a_tag_a_branch_and_a_commit_without_its_version_are_noticed(ref: str):
    assert not_pinned(f"      - uses: actions/checkout@{ref}")


@pytest.mark.parametrize("path", FILES, ids=names)
def test_a_job_gets_no_right_that_it_does_not_ask_for(path: Path):
    assert workflow(path)["permissions"] == {}
    for name, job in jobs(path):
        rights = job["permissions"]
        assert rights["contents"] == "read", name
        writes = {right for right, kind in rights.items() if kind == "write"}
        assert not writes or path.stem == "release", (name, writes)
        assert job["timeout-minutes"] <= 120, name


@pytest.mark.parametrize("path", FILES, ids=names)
def test_no_checkout_keeps_a_token(path: Path):
    for name, job in jobs(path):
        first = job["steps"][0]
        assert first["uses"].startswith("actions/checkout@"), name
        assert first["with"]["persist-credentials"] is False, name


@pytest.mark.parametrize("path", FILES, ids=names)
def test_nothing_from_outside_reaches_a_shell_as_text(path: Path):
    """An expression in a script is put in before the shell reads it: a branch's name could be a command."""
    on = workflow(path)[True]  # YAML 1.1 reads `on` as a truth
    assert "pull_request_target" not in on
    assert "workflow_run" not in on
    for _, job in jobs(path):
        assert not [step["run"] for step in job["steps"] if "${{" in step.get("run", "")]


def test_what_the_workflows_call_is_there():
    lists = re.findall(r"^SESSIONS \+?:?= (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    sessions = set(" ".join(lists).split()) | {"test"}
    called = {word for text in commands() for word in re.findall(r"\bmake (\w+)", text)}
    assert {"build_image", "build_python", "test", "lock"} <= called <= sessions
    assert any(".ci/run" in text for text in commands())
    for path in FILES:
        for _, job in jobs(path):
            for module in job.get("strategy", {}).get("matrix", {}).get("module", []):
                assert (ROOT / module / "go.mod").is_file(), module


def test_every_module_and_lock_file_that_is_shipped_is_scanned():
    [go] = [job for name, job in jobs(ROOT / ".github/workflows/vulnerabilities.yml") if name == "go"]
    assert {"go", "go/connector", "go/connector/store", "go/image"} <= set(go["strategy"]["matrix"]["module"])
    scripts = "\n".join(commands())
    assert "pip-audit --strict" in scripts
    assert "requirements/*.txt" in scripts
    assert "npm audit" in scripts
    assert "package-lock.json" in scripts


def test_the_folders_that_are_kept_up_to_date_exist():
    for entry in yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())["updates"]:
        for folder in entry.get("directories", [entry.get("directory")]):
            assert (ROOT / folder.strip("/")).is_dir(), folder


def test_the_release_signs_the_digest_that_the_push_has_printed():
    [push] = [text for text in commands() if "build_image" in text]
    assert push.startswith("set -o pipefail\n")  # else a push that failed would look well behind the pipe
    [pattern] = re.findall(r"sed -nE 's/(.*)/\\1/p'", push)
    digest = "sha256:" + "0" * 64
    printed = f"build/image/layout: larkspur/connector:1@{digest}\npushed ghcr.io/a/connector:1@{digest}"
    assert re.findall(pattern, printed, re.MULTILINE) == [digest]
    assert 'print(f"pushed {pack(' in (ROOT / "scripts/devkit/image.py").read_text(encoding="utf-8")


def test_the_canary_asks_for_newer_versions():
    """Without the flag, the compiler of lock files keeps what is in them: the canary would test what is pinned."""
    text = next(path for path in FILES if path.stem == "canary").read_text(encoding="utf-8")
    assert re.findall(r"make lock(.*?)(?: #|$)", text, re.MULTILINE) == [" ARGS=--upgrade"]
