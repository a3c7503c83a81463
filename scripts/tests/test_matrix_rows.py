"""Are the matrix's rows complete, and is each environment what its row says?"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from devkit import environment, matrix_rows
from devkit.matrix_rows import FLYTE2, KINDS, Row, Unresolved
from devkit.toolchain import ROOT, ToolchainError

ROWS = matrix_rows.load()
ROW = Row("one", "flytekit", ["flytekit==1"], "because")


def bounds(package: str, extra: str) -> dict[str, str]:
    """Return name -> oldest version that a package of ours asks for."""
    project = tomllib.loads((environment.package(package) / "pyproject.toml").read_text())["project"]
    asked = project["dependencies"] + project.get("optional-dependencies", {}).get(extra, [])
    pairs = [one.partition(",")[0].partition(">=") for one in asked]
    return {name: version for name, sign, version in pairs if sign and not name.startswith(environment.OURS)}


@pytest.mark.parametrize("kind", KINDS)
def test_the_oldest_row_has_the_oldest_that_our_packages_allow(kind: str) -> None:
    oldest: dict[str, str] = {}
    for ask in KINDS[kind].asks:
        name, _, extra = ask.rstrip("]").partition("[")
        oldest |= bounds(name, extra)
    for name, version in bounds("flytekitplugins-larkspur", "").items():  # it is in every environment
        oldest |= {name: version} if name in oldest else {}
    assert kind.removesuffix("2") in oldest
    (row,) = [row for row in ROWS if row.name == f"{kind}-oldest"]
    assert {f"{name}=={version}" for name, version in oldest.items()} <= set(row.wants)


@pytest.mark.parametrize("kind", KINDS)
def test_the_newest_row_wants_at_least_the_version_that_everything_else_is_tested_with(kind: str) -> None:
    name = kind.removesuffix("2")
    (pin,) = [
        line for line in (ROOT / "requirements/work.in").read_text().split() if line.startswith(f"{name}==")
    ]
    (row,) = [row for row in ROWS if row.name == f"{kind}-newest"]
    assert row.wants == [pin.replace("==", ">=")]


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        (
            '[[row]]\nname = "a"\nkind = "flytekit"\nwhy = ""',
            r"x.toml: row 'a' has .*: must have kind, name, wants, why",
        ),
        (
            '[[row]]\nname = "a"\nkind = "flyte3"\nwants = []\nwhy = ""',
            "kind = 'flyte3': must be flytekit or flyte2",
        ),
        ('[[row]]\nname = "a"\nkind = "flyte2"\nwants = []\nwhy = ""\n' * 2, "row 'a' is there twice"),
    ],
    ids=["a field is missing", "no such kind", "a name twice"],
)
def test_a_wrong_row_is_named(rows: str, error: str, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(rows)
    with pytest.raises(ToolchainError, match=error):
        matrix_rows.load(tmp_path / "x.toml")


def test_every_test_file_runs_in_one_kind_of_row() -> None:
    chosen = [name for kind in KINDS for name in matrix_rows.chosen(kind)]
    tests = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("sdk/*/tests/test_*.py")}
    assert sorted(chosen) == sorted(name for name in tests if "test_sanity" not in name)


def test_what_a_file_is_called_says_which_sdk_it_needs(tmp_path: Path) -> None:
    folder = tmp_path / "sdk" / "x" / "tests"
    folder.mkdir(parents=True)
    for name in ("test_a0_x.py", "test_flyte2_y.py", "test_z.py", "test_sanity_x.py", "conftest.py"):
        (folder / name).touch()
    assert matrix_rows.chosen("flyte2", tmp_path) == [
        "sdk/x/tests/test_a0_x.py",
        "sdk/x/tests/test_flyte2_y.py",
    ]
    assert matrix_rows.chosen("flytekit", tmp_path) == ["sdk/x/tests/test_z.py"]
    assert len(FLYTE2) == 2


def uv(tmp_path: Path, script: str) -> str:
    """Return a command that stands in for uv."""
    path = tmp_path / "uv"
    path.write_text(f"#!{sys.executable}\n{script}")
    path.chmod(0o755)
    return str(path)


def test_a_row_is_resolved_together_with_what_our_packages_ask_for(tmp_path: Path) -> None:
    printed = matrix_rows.resolve(ROW, uv(tmp_path, "import sys; print(sys.argv, sys.stdin.read())"))
    for text in (
        "flytekit==1",
        "flyteconnector[flyte1] @ file://",
        "kubernetes",
        "pytest-timeout",
        "--no-emit-package",
    ):
        assert text in printed


def test_a_row_that_does_not_resolve_says_what_contradicts_what(tmp_path: Path) -> None:
    with pytest.raises(Unresolved, match="you require a and b"):
        matrix_rows.resolve(ROW, uv(tmp_path, "import sys; sys.exit('no solution: you require a and b')"))


def test_an_environment_is_made_once_for_what_it_holds(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("FLYTE_PLUGIN_BOOK_CACHE", str(tmp_path))
    made: list[list[str]] = []

    def call(command: list[str], text: str) -> str:
        made.append(command)
        if "venv" in command:
            (Path(command[-1]) / "bin").mkdir(parents=True, exist_ok=True)
            (Path(command[-1]) / "bin" / "python").touch()
        return ""

    monkeypatch.setattr(matrix_rows, "call", call)
    first = matrix_rows.make("flytekit==1", "uv")
    assert len(made) == 3  # the environment, what was resolved, ours
    assert matrix_rows.make("flytekit==1", "uv") == first
    assert len(made) == 3
    assert matrix_rows.make("flytekit==2", "uv") != first
    (first / "bin" / "python").unlink()  # somebody removed the Python that it was made from
    matrix_rows.make("flytekit==1", "uv")
    assert len(made) == 9
