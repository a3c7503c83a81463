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

NOXFILES = [
    path
    for path in (ROOT / "noxfile.py", *(ROOT / "scripts/devkit").glob("*.py"))
    if "from devkit.sessions import" in path.read_text()
]


def targets() -> list[str]:
    """Return what the Makefile calls sessions."""
    lines = re.findall(r"^SESSIONS \+?:?= (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return " ".join(lines).split()


def sessions() -> set[str]:
    """Return the sessions of noxfile.py and of the modules that have more."""
    body = [node for file in NOXFILES for node in ast.parse(file.read_text()).body]
    decorated = [node for node in body if isinstance(node, ast.FunctionDef) and node.decorator_list]
    return {node.name.rstrip("_") for node in decorated if ast.unparse(node.decorator_list[0]) == "session"}


def test_every_session_is_a_make_target_and_no_other() -> None:
    assert sorted(targets()) == sorted(sessions())
    assert len((ROOT / "Makefile").read_text().splitlines()) <= 30


@pytest.mark.parametrize(
    "name", [path.stem for path in ROOT.glob("requirements/*.in") if path.stem != "upstream"]
)
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


# part:book|spark begin
@pytest.mark.parametrize("name", sorted({name for names in environment.LOCKS.values() for name in names[1:]}))
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


# part:book|spark end
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
    monkeypatch.setitem(environment.LOCKS, name, ("work", "node", "go"))
    environment.python(run, name)
    assert len(made) > count
    count = len(made)
    (tmp_path / name / "bin/python").unlink()  # somebody removed the Python that it was made from
    environment.python(run, name)
    assert len(made) > count


# part:spark begin
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


# part:spark end
def test_what_ci_runs_are_sessions_and_make_test_comes_first() -> None:
    lines = re.findall(r"^(?:MADE_TEST=\S+ )?(make [^|\n]*[^|\s])", (ROOT / ".ci/run").read_text(), re.M)
    lines[0] = lines[0].removesuffix(" 2>&1")
    assert lines[0] == "make test"
    words = {word for line in lines[1:] for word in line.split()[1:] if not word.startswith("ARGS=")}
    assert {"lint", "generate", "apitests"} <= words <= sessions()
    assert words >= {"e2e", "docs", "alternatives", "steps"} & sessions()


MODULES = """
import runpy, sys
globals().update(runpy.run_path({noxfile!r}))
from devkit.sessions import each, run
@session
def modules(it):
    each(it, ("good", "red", "bad", "fine"), lambda name: run(it, sys.executable, "-c", {script!r}, name))
"""


def test_a_module_that_fails_does_not_keep_the_others_from_being_tested(tmp_path: Path) -> None:
    script = "import sys; print('seen', sys.argv[1], flush=True); sys.exit(len(sys.argv[1]) == 3)"
    file = tmp_path / "noxfile.py"
    file.write_text(MODULES.format(noxfile=str(ROOT / "noxfile.py"), script=script))
    command = [Path(sys.executable).with_name("nox"), "-f", file, "-s", "modules"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.findall(r"^seen (\w+)", done.stdout, re.MULTILINE) == ["good", "red", "bad", "fine"]
    assert "failed: red, bad" in done.stderr


def test_the_plugins_of_this_tree_are_the_first_to_meet_an_api_server() -> None:
    text = (ROOT / "scripts/devkit/sessions.py").read_text()
    tests = re.search(r"^API_TESTS = \{.*?\n\}", text, re.MULTILINE | re.DOTALL)
    assert tests
    assert re.findall(r'^    "([^"]+)":', tests[0], re.MULTILINE)[0] == "go"
