"""Do make, nox, the bootstrap and the lock files agree with each other?"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from devkit import environment
from devkit.toolchain import ROOT, ToolchainError

sys.path.insert(0, str(ROOT / "scripts"))
import bootstrap


def sessions() -> set[str]:
    """Return the sessions of noxfile.py; nox itself is not in the environment of the tests."""
    tree = ast.parse((ROOT / "noxfile.py").read_text())
    decorated = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list]
    return {node.name.rstrip("_") for node in decorated if ast.unparse(node.decorator_list[0]) == "session"}


def test_every_session_is_a_make_target_and_no_other() -> None:
    makefile = (ROOT / "Makefile").read_text()
    listed = re.search(r"^SESSIONS := (.+)$", makefile, re.MULTILINE)
    assert listed is not None
    assert sorted(listed[1].split()) == sorted(sessions())
    assert len(makefile.splitlines()) <= 20


@pytest.mark.parametrize("name", ["work", "docs", "spark", "nox", "go"])
def test_every_line_of_an_in_file_is_locked(name: str) -> None:
    wanted = [
        line
        for line in (ROOT / f"requirements/{name}.in").read_text().splitlines()
        if line[:1] not in ("#", "-", "")
    ]
    locked = dict(re.findall(r"^([\w.-]+)==(\S+)", environment.lock(name).read_text(), re.MULTILINE))
    for line in wanted:
        package, _, version = (
            re.split(r"(==|<|>=)", line, maxsplit=1)[0].lower(),
            None,
            line.partition("==")[2],
        )
        assert package in locked, f"{package} is not in requirements/{name}.txt: run `make lock`"
        assert not version or locked[package] == version, (
            f"{line} is locked as {locked[package]}: run `make lock`"
        )


@pytest.mark.parametrize("name", ["docs", "spark"])
def test_what_comes_on_top_is_locked_with_the_versions_of_the_work_environment(name: str) -> None:
    def versions(name: str) -> dict[str, str]:
        return dict(re.findall(r"^(\S+==\S+)( ; .+)? \\$", environment.lock(name).read_text(), re.MULTILINE))

    def split(name: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for pin in versions(name):
            found.setdefault(pin.split("==")[0], set()).add(pin.split("==")[1])
        return found

    work, top = split("work"), split(name)
    both = set(work) & set(top)
    assert both
    assert {name: top[name] for name in both} == {name: work[name] for name in both}


def test_bootstrap_refuses_another_system(monkeypatch) -> None:
    monkeypatch.setattr(bootstrap.sys, "platform", "darwin")
    assert "needs Linux" in bootstrap.what_is_missing()


def test_bootstrap_refuses_an_old_python(monkeypatch) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    assert "Python 3.11 or newer" in bootstrap.what_is_missing()
    assert "is 3.9" in bootstrap.what_is_missing()


def test_bootstrap_asks_for_git_in_one_line() -> None:
    command = [sys.executable, str(ROOT / "scripts/bootstrap.py"), "--list"]
    done = subprocess.run(command, env={"PATH": "/nonexistent"}, capture_output=True, text=True)
    assert done.returncode != 0
    assert done.stderr == "bootstrap: this needs git, and PATH has none\n"


def test_each_python_has_a_bootstrap_of_its_own(monkeypatch) -> None:
    first = bootstrap.home()
    monkeypatch.setattr(bootstrap.sys, "executable", "/another/python3")
    assert bootstrap.home() != first


def test_bootstrap_can_be_read_by_an_old_python() -> None:
    ast.parse((ROOT / "scripts/bootstrap.py").read_text(), feature_version=(3, 7))


def test_a_missing_package_folder_is_named(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    with pytest.raises(ToolchainError, match=r"sdk/flyteconnector/pyproject.toml is missing"):
        environment.package("flyteconnector")


@pytest.mark.parametrize("name", list(environment.LOCKS))
def test_an_environment_is_made_when_its_inputs_change_and_not_otherwise(
    monkeypatch, tmp_path: Path, name: str
) -> None:
    made: list[str] = []
    monkeypatch.setattr(environment, "HOMES", tmp_path)

    def run(words: list[str]) -> None:
        (tmp_path / name / "bin").mkdir(parents=True, exist_ok=True)
        (tmp_path / name / "bin/python").touch()
        made.append(" ".join(words))

    assert environment.python(run, name) == tmp_path / name / "bin/python"
    count = len(made)
    assert count == 2 + len(environment.LOCKS[name])  # the venv, each lock file, our packages
    environment.python(run, name)
    assert len(made) == count
    monkeypatch.setitem(environment.LOCKS, name, ("work", "docs", "go"))
    environment.python(run, name)
    assert len(made) > count
    count = len(made)
    (tmp_path / name / "bin/python").unlink()  # somebody removed the Python that it was made from
    environment.python(run, name)
    assert len(made) > count


def test_every_lock_file_is_installed_with_hashes(monkeypatch, tmp_path: Path) -> None:
    made: list[list[str]] = []

    def run(words: list[str]) -> None:
        (tmp_path / "spark/bin").mkdir(parents=True, exist_ok=True)
        (tmp_path / "spark/bin/python").touch()
        made.append(words)

    monkeypatch.setattr(environment, "HOMES", tmp_path)
    environment.python(run, "spark")
    from_locks = [words for words in made if "-r" in words]
    assert [Path(words[-1]).name for words in from_locks] == ["work.txt", "spark.txt"]
    assert all("--require-hashes" in words for words in from_locks)
    assert "--no-build-isolation" in from_locks[1], "PySpark's build would fetch what no lock file names"


def test_what_ci_runs_are_sessions_and_make_test_comes_first() -> None:
    lines = [line for line in (ROOT / ".ci/run").read_text().splitlines() if "make" in line]
    assert lines[0] == "make test"
    words = {word for line in lines[1:] for word in line.split() if re.fullmatch(r"[a-z0-9]+", word)} - {
        "exec",
        "make",
    }
    assert {"lint", "generate", "apitests", "e2e", "docs", "steps"} == words <= sessions()
