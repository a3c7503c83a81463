"""Does the measurement compare what it says, and is each number what was measured?"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from devkit import imports
from devkit.imports import COMPARISONS, OURS, SIDES, Side, Turn

SEEN = (
    "from importlib.metadata import entry_points as e; print(*(p.value for p in e(group='flytekit.plugins')))"
)
MODULES = {
    "python": {"sys"},
    "flytekit": {"sys", "flytekit", "flyteidl", "flyteidl.admin"},
    "found": {"sys", "flytekit", "flyteidl", "flyteidl.admin", "flyteidl.core", "ours", "ours.a", "extra"},
    "explicit": {"sys", "flytekit", "flyteidl", "flyteidl.admin", "ours"},
    "flyte": {"sys", "flyte", "flyte.extend"},
    "explicit2": {"sys", "flyte", "flyte.extend", "flyte.io", "grpc"},
}
CPU = {"python": 0.1, "flytekit": 1.0, "found": 1.1, "explicit": 1.05, "flyte": 0.5, "explicit2": 0.6}
STEPS = {"explicit": [0.8, 0.02], "explicit2": [0.01, 0.39, 0.1]}


def disturbed(side: str, factor: float) -> Turn:
    steps = [step * factor for step in STEPS.get(side, [])]
    return Turn(CPU[side] * factor, steps, frozenset(MODULES[side]))


# Two rounds; the second was disturbed, on all sides alike.
ROUNDS = [{side: disturbed(side, factor) for side in SIDES} for factor in (1, 2)]


def test_every_comparison_is_of_two_sides_and_every_distribution_is_ours() -> None:
    assert {side for pair in COMPARISONS.values() for side in pair} <= set(SIDES)
    assert {side.finds for side in SIDES.values()} == {"", *OURS}


@pytest.mark.parametrize(
    ("finds", "seen"), [("", []), ("flytekitplugins-larkspur", ["flytekitplugins.larkspur"])]
)
def test_a_plugin_is_found_on_one_side_only_and_can_be_imported_on_both(
    finds: str, seen: list[str], tmp_path: Path
) -> None:
    code = f"import importlib.util as u; assert u.find_spec('flytekitplugins.larkspur'); {SEEN}"
    env = imports.environment(tmp_path, Side((), finds))
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == seen


def test_a_turn_says_which_modules_an_import_brought_in(tmp_path: Path) -> None:
    nothing, something = imports.turn(tmp_path, Side(())), imports.turn(tmp_path, Side(("colorsys", "this")))
    assert something.modules - nothing.modules == {"colorsys", "this"}
    assert (len(nothing.steps), len(something.steps)) == (0, 2)


def test_a_turn_counts_processor_time_of_the_process_and_its_children(tmp_path: Path, monkeypatch) -> None:
    busy = "import time\nwhile time.process_time() < 0.3: pass"  # it ends by its own clock
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])"
    for code in (busy, child):
        monkeypatch.setattr(imports, "CHILD", f"{code}\nprint()\nprint()")
        assert imports.turn(tmp_path, Side(())).cpu >= 0.3


def test_a_process_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError, match="nothing_of_this_name"):
        imports.turn(tmp_path, Side(("nothing_of_this_name",)))


def test_the_sides_take_turns_and_the_first_ones_do_not_count(tmp_path: Path, monkeypatch) -> None:
    names, ran = {side: name for name, side in SIDES.items()}, []
    monkeypatch.setattr(imports, "turn", lambda folder, side: ran.append(names[side]))
    assert len(imports.measure(tmp_path, 2)) == 2
    assert ran == [*SIDES, *SIDES, *reversed(SIDES)]


def test_ratios_are_made_within_a_round() -> None:
    found = imports.numbers(ROUNDS)
    assert (found["ratio_plugin"], found["ratio_plugin_quartiles"]) == (1.1, [1.1, 1.1])
    assert (found["ratio_import"], found["percent_import"], found["cpu_ms_of_import"]) == (1.05, 2.5, 30)
    assert (found["ratio_import2"], found["percent_import2"], found["cpu_ms_of_import2"]) == (1.2, 25, 150)
    assert found["cpu_ms_flytekit"] == 1500


def test_what_comes_on_top_is_counted_by_module_and_named_by_package() -> None:
    found = imports.numbers(ROUNDS)
    assert (found["added_plugin"], found["new_plugin"]) == (
        4,
        ["extra", "ours"],
    )  # flyteidl was there already
    assert (found["added_import"], found["new_import"]) == (1, ["ours"])
    assert (found["added_import2"], found["new_import2"]) == (2, ["grpc"])
    assert found["modules_flytekit"] == 4


def test_the_import_of_ours_is_the_last_of_its_side() -> None:
    for ours, without in COMPARISONS.values():
        first = SIDES[ours].imports[: len(SIDES[without].imports)]
        assert first == SIDES[without].imports
        assert len(SIDES[ours].imports) - len(first) == (0 if SIDES[ours].finds else 1)


@pytest.fixture
def results(monkeypatch, tmp_path: Path) -> Path:
    """Measure nothing, and write below a temporary folder; return the file that a record would be written to."""
    for name in ("RESULT", "SHOWN"):
        monkeypatch.setattr(imports, name, tmp_path / name)
    monkeypatch.setattr(imports, "measure", lambda folder, rounds: ROUNDS)
    return tmp_path / "SHOWN"


def test_a_record_says_where_its_numbers_come_from(results: Path) -> None:
    assert imports.main(["--record"]) == 0
    record = json.loads(results.read_text())
    assert {"flytekit", "python", "protobuf"} <= set(record["about"]["versions"])
    assert len(record["about"]["inputs"]) == 16
    assert record["rounds"]["cpu_ms"][0]["found"] == 1100
    assert record["ratio_plugin"] == 1.1


def test_a_run_with_few_rounds_is_no_record(results: Path, capsys) -> None:
    with pytest.raises(SystemExit):
        imports.main(["--record", "--rounds", "3"])
    assert f"at least {imports.LEAST} rounds" in capsys.readouterr().err
    assert not results.exists()


def test_code_that_changes_meanwhile_is_recorded_as_nothing(results: Path, monkeypatch, capsys) -> None:
    hashes = iter("ab")
    monkeypatch.setattr(imports.matrix_rows, "inputs", lambda: next(hashes))
    assert imports.main(["--record"]) == 1
    assert not results.exists()
    assert "the code changed while it was measured" in capsys.readouterr().err
