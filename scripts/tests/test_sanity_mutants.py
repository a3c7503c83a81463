"""Are the mutants of docs/mutants.toml still mistakes: each at a place that is there, for a check that there is?"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from devkit import sanity, sanity_mutants
from devkit.toolchain import ToolchainError

MUTANTS = sanity_mutants.read()
ONE = """
[[mutant]]
id = "m"
wrong = "it is wrong"
killed_by = "I1"
file = "go/connector/core/create.go"
replace = "{replace}"
by = "x"
"""


def test_there_are_more_than_twenty_with_different_names_and_checks_that_there_are():
    listed = subprocess.run([sanity.PROGRAM, "--list"], capture_output=True, text=True, check=True).stdout
    checks = {line.split()[0] for line in listed.splitlines()}
    assert len(MUTANTS) > 20
    assert {mutant.killed_by for mutant in MUTANTS} <= checks


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.id)
def test_each_text_is_there_once(mutant: sanity_mutants.Mutant, tmp_path: Path):
    assert mutant.overlay(tmp_path).exists()
    for change in mutant.changes:
        assert change.replace != change.by


def test_a_text_that_is_gone_is_an_error(tmp_path: Path):
    file = tmp_path / "mutants.toml"
    file.write_text(ONE.format(replace="no such text"), encoding="utf-8")
    with pytest.raises(ToolchainError, match="has its text 0 times, and it must be there once"):
        sanity_mutants.read(file)[0].overlay(tmp_path)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('by = "x"', 'buy = "x"'), "missing or unknown: buy, by"),
        (("core/create.go", "core/none.go"), "there is no file go/connector/core/none.go"),
    ],
)
def test_an_entry_that_is_wrong_is_an_error(tmp_path: Path, change: tuple[str, str], says: str):
    file = tmp_path / "mutants.toml"
    file.write_text(ONE.replace(*change), encoding="utf-8")
    with pytest.raises(ToolchainError, match=says):
        sanity_mutants.read(file)


def test_two_with_one_name_are_an_error(tmp_path: Path):
    file = tmp_path / "mutants.toml"
    file.write_text(ONE + ONE, encoding="utf-8")
    with pytest.raises(ToolchainError, match="m is there twice"):
        sanity_mutants.read(file)
