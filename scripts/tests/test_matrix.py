"""Does the matrix say of each environment what its tests really did, also when that is nothing good?"""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest

from devkit import environment, matrix, matrix_rows
from devkit.matrix_rows import Row, Unresolved

ROWS = matrix_rows.load()
# A test of each outcome, and what pytest is told besides.
TESTS = """
import pytest
def test_good(): pass
def test_bad(): assert 1 == 2, "one is\\nnot two"
@pytest.fixture
def broken(): raise OSError("no disk")
def test_error(broken): pass
@pytest.mark.skip(reason="not here")
def test_skipped(): pass
def test_other(): pass
"""
COUNTS = {"passed": 1, "failed": 1, "error": 1, "skipped": 1, "deselected": 1, "xfailed": 0, "xpassed": 0}


def run(folder: Path, files: dict[str, str], *flags: str) -> matrix.Result:
    """Run pytest with the plugin, as a row does, on tests of our own."""
    for name, text in files.items():
        (folder / name).write_text(text)
    report, log = folder / "report.json", folder / "log.txt"
    # Without one the root would be this repository: temporary folders of a session lie in it.
    (folder / "pytest.ini").touch()
    command = [sys.executable, *matrix.COMMAND, *flags, "."]
    env = environment.settings({"MATRIX_REPORT": str(report)}, Path(sys.executable).parents[1])
    with log.open("w") as file:
        code = subprocess.run(command, cwd=folder, env=env, stdout=file, stderr=file).returncode
    return matrix.outcome(code, report, log)


def test_a_row_says_how_each_test_ended_and_with_which_versions(tmp_path: Path) -> None:
    found = run(tmp_path, {"test_x.py": TESTS}, "-k", "not other")
    assert (found["status"], found["tests"]) == ("failed", COUNTS)
    assert [line.partition(": ")[0] for line in found["failures"]] == [
        "test_x.py::test_bad",
        "test_x.py::test_error",
    ]
    assert "one is" in found["failures"][0]
    assert "OSError: no disk" in found["failures"][1]
    assert {"flytekit", "flyte", "protobuf", "grpcio"} <= set(found["versions"])


BAD = {  # why a run is not passed -> its files, and a part of what is said about it
    "the tests cannot begin": ({"conftest.py": "import nothing_of_this_name"}, "nothing_of_this_name"),
    "a file cannot be imported": ({"test_x.py": "import nothing_of_this_name"}, "nothing_of_this_name"),
    "a test never ends": (
        {
            "test_x.py": "import time\ndef test_endless(): time.sleep(60)",
            "pytest.ini": "[pytest]\ntimeout = 0.2\ntimeout_method = thread\n",
        },
        "test_x.py::test_endless",
    ),
    "there is no test": ({"test_x.py": ""}, ""),
    "every test is skipped": ({"test_x.py": "import pytest\npytest.skip(allow_module_level=True)"}, ""),
}


@pytest.mark.parametrize("why", BAD)
def test_a_row_without_a_test_that_passed_has_not_passed(why: str, tmp_path: Path) -> None:
    files, said = BAD[why]
    found = run(tmp_path, files)
    assert found["status"] == "failed"
    assert said in json.dumps(found)


def test_a_row_whose_tests_pass_has_passed(tmp_path: Path) -> None:
    found = run(tmp_path, {"test_x.py": "def test_good(): pass"})
    assert (found["status"], found["failures"]) == ("passed", [])


def test_a_row_that_does_not_resolve_is_shown_with_the_reason(tmp_path: Path, monkeypatch) -> None:
    def refuse(*_: object) -> str:
        raise Unresolved("you require a and b")

    monkeypatch.setattr(matrix, "LOGS", tmp_path)
    monkeypatch.setattr(matrix_rows, "resolve", refuse)
    row = Row("one", "flytekit", ["flytekit==1"], "because")
    result = matrix.try_row(row, "uv")
    assert result == dataclasses.asdict(row) | {"status": "unresolved", "error": "you require a and b"}
    assert "you require a and b" in matrix.line(result)


@pytest.fixture
def outcomes(monkeypatch, tmp_path: Path) -> Path:
    """Let every row pass without being run; return the file that a record would be written to."""
    for name in ("RESULT", "SHOWN", "LOGS"):
        monkeypatch.setattr(matrix, name, tmp_path / name)
    monkeypatch.setattr(matrix, "try_row", lambda row, uv: dataclasses.asdict(row) | {"status": "passed"})
    return tmp_path / "SHOWN"


def test_a_record_has_all_rows_and_says_of_which_code_it_is(outcomes: Path) -> None:
    assert matrix.main(["--uv=uv", "--record"]) == 0
    record = json.loads(outcomes.read_text())
    assert [row["name"] for row in record["rows"]] == [row.name for row in ROWS]
    assert record["about"]["inputs"] == matrix_rows.inputs()


def test_a_row_that_fails_is_recorded_and_fails_the_session(outcomes: Path, monkeypatch) -> None:
    monkeypatch.setattr(matrix, "try_row", lambda row, uv: dataclasses.asdict(row) | {"status": "failed"})
    assert matrix.main(["--uv=uv", "--record"]) == 1
    assert {row["status"] for row in json.loads(outcomes.read_text())["rows"]} == {"failed"}


def test_code_that_changes_meanwhile_is_recorded_as_nothing(outcomes: Path, monkeypatch, capsys) -> None:
    hashes = iter("ab")
    monkeypatch.setattr(matrix_rows, "inputs", lambda: next(hashes))
    assert matrix.main(["--uv=uv", "--record"]) == 1
    assert not outcomes.exists()
    assert "the code changed while its tests ran" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "error"), [(["nine"], "no row is called 'nine'"), (["--record", ROWS[0].name], "for all rows")]
)
def test_a_wrong_choice_of_rows_is_refused(words: list[str], error: str, outcomes: Path, capsys) -> None:
    with pytest.raises(SystemExit):
        matrix.main(["--uv=uv", *words])
    assert error in capsys.readouterr().err
