"""Does a notebook task say what is wrong before a kernel starts, and what is wrong with recorded values?"""

from __future__ import annotations

import datetime
import math
import re
from pathlib import Path

import nbformat
import notebooks
import numpy
import pandas as pd
import pytest
from flytekit import kwtypes
from notebook_task import fit, values
from notebook_task.delays import delays


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return notebooks.write(tmp_path / "some.ipynb", parameters="month = 1\nairport: str = 'JFK'")


def refused(**how: object) -> str:
    with pytest.raises(fit.NotebookError) as error:
        notebooks.task(**how)
    return str(error.value)


def test_a_missing_notebook_is_named_with_what_may_have_left_it_out(tmp_path):
    said = refused(path=tmp_path / "gone.ipynb")
    assert said.startswith(f"notebook_path '{tmp_path}/gone.ipynb': there is no such file.")
    assert "--copy all" in said


def test_a_relative_path_is_refused_with_the_path_to_write():
    said = refused(path=Path("some.ipynb"))
    assert "'some.ipynb' depends on the folder" in said
    assert said.endswith('take Path(__file__).parent / "some.ipynb"')


@pytest.mark.parametrize("text", ["not a notebook", '{"cells": 1}', '{"nbformat": 4, "nbformat_minor": 5}'])
def test_a_file_that_is_no_notebook_is_named(tmp_path, text):
    (tmp_path / "bad.ipynb").write_text(text)
    assert f"notebook_path '{tmp_path}/bad.ipynb' is no Jupyter notebook: " in refused(
        path=tmp_path / "bad.ipynb"
    )


def test_a_notebook_without_parameters_cell_is_refused_if_there_are_inputs(tmp_path):
    path = notebooks.write(tmp_path / "some.ipynb", "month = 1")
    said = refused(path=path, inputs=kwtypes(month=int, airport=str))
    assert said == (
        "notebook some.ipynb: 0 cells have the tag 'parameters': give it to the one cell that assigns month, airport"
    )
    assert notebooks.task(path).python_interface.inputs == {}


def test_an_input_that_the_parameters_cell_does_not_assign_is_named(path):
    said = refused(path=path, inputs=kwtypes(month=int, airports=str))
    assert said == (
        "notebook some.ipynb: input 'airports': the cell with the tag 'parameters' must assign it a default, "
        "and assigns airport, month"
    )


def test_names_that_are_assigned_together_are_parameters_too(tmp_path):
    path = notebooks.write(tmp_path / "some.ipynb", parameters="month, (airport, *more) = 1, ('JFK', 2)")
    assert notebooks.task(path, inputs=kwtypes(month=int, airport=str)).python_interface.inputs == {
        "month": int,
        "airport": str,
    }


def test_a_parameters_cell_that_is_no_python_is_named(tmp_path):
    path = notebooks.write(tmp_path / "some.ipynb", parameters="%matplotlib inline\nmonth = 1")
    assert "the cell with the tag 'parameters' is not plain Python: " in refused(
        path=path, inputs=kwtypes(month=int)
    )


def test_the_cell_that_is_added_makes_the_very_same_values(tmp_path):
    wanted = {"a": 1, "b": 0.1, "c": "it's \"\n", "d": [True, None], "e": {"k": [math.inf, -math.inf]}}
    found: dict[str, object] = {}
    exec(values.source(wanted | {"nan": math.nan}, tmp_path / "given"), found)
    assert {name: found[name] for name in wanted} == wanted
    assert math.isnan(found["nan"])
    assert not (tmp_path / "given").exists()


def test_what_has_no_literal_is_given_by_its_name(tmp_path, monkeypatch):
    monkeypatch.setenv(values.GIVEN, str(tmp_path / "given"))
    wanted = {
        "day": datetime.date(2013, 1, 1),
        "days": [datetime.date(2013, 1, 1)],
        "by_day": {(1, 2): 3},
        "n": 1,
    }
    cell = values.source(wanted, tmp_path / "given")
    found: dict[str, object] = {}
    exec(cell, found)
    assert {name: found[name] for name in wanted} == wanted
    assert "day = given('day')" in cell
    assert "n = 1" in cell


def test_a_given_value_outside_a_task_is_asked_for(monkeypatch):
    monkeypatch.delenv(values.GIVEN, raising=False)
    with pytest.raises(LookupError, match="input 'table' was given to a task"):
        values.given("table")


RIGHT = {"n": int, "share": float}
WRONG = [
    ({"n": 1}, "it did not record 'share': call record_outputs(...) with n: int, share: float"),
    ({}, r"it did not record '(n|share)': "),
    (
        {"n": 1, "share": 0.5, "shares": 1},
        "it recorded 'shares', which is no output of the task: it declares n: int",
    ),
    ({"n": "12", "share": 0.5}, "output 'n' is '12' of type str: the task declares n: int, share: float"),
    ({"n": True, "share": 0.5}, "output 'n' is True of type bool: "),
    ({"n": 1, "share": None}, "output 'share' is None of type NoneType: "),
    ({"n": "x" * 1000, "share": 0.5}, "output 'n' is 'x{199} of type str: "),
]


@pytest.mark.parametrize(("recorded", "said"), WRONG, ids=lambda each: str(each)[:40])
def test_a_recorded_value_that_does_not_fit_is_named_with_the_declaration(recorded, said):
    said = said if "{" in said or "|" in said else re.escape(said)
    with pytest.raises(fit.NotebookError, match=f"^{said}"):
        fit.fitting(recorded, RIGHT)


def test_recorded_values_come_in_the_order_of_the_declaration():
    assert fit.fitting({"share": 0.5, "n": 1}, RIGHT) == [1, 0.5]


def test_scalars_of_numpy_become_those_of_python_and_a_second_call_adds(tmp_path, monkeypatch):
    monkeypatch.setattr(values, "_recorded", {})
    monkeypatch.setenv(values.RECORDED, str(tmp_path / "outputs"))
    shown = values.record_outputs(n=numpy.int64(3))
    values.record_outputs(share=numpy.float64(0.5), table=pd.DataFrame({"a": [1]}))
    found = values.recorded(tmp_path / "outputs")
    assert shown == {"n": 3}
    assert [type(found[name]) for name in ("n", "share", "table")] == [int, float, pd.DataFrame]


def test_without_a_task_recording_only_shows(tmp_path, monkeypatch):
    monkeypatch.delenv(values.RECORDED, raising=False)
    assert values.record_outputs(n=1) == {"n": 1}
    assert values.recorded(tmp_path / "outputs") == {}


def test_another_cell_is_another_version_for_the_cache_and_other_outputs_are_not(path):
    def version() -> str:
        return notebooks.task(path, cache=True).metadata.cache_version

    first = version()
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_markdown_cell("Only a remark."))
    notebook.cells[0].outputs.append(nbformat.v4.new_output("stream", text="printed"))
    nbformat.write(notebook, path)
    assert version() == first
    notebook.cells.append(nbformat.v4.new_code_cell("1"))
    nbformat.write(notebook, path)
    assert version() != first


def test_the_example_is_kept_without_outputs():
    cells = [cell for cell in fit.read(delays.path).cells if cell.cell_type == "code"]
    assert cells
    assert [(cell.outputs, cell.execution_count) for cell in cells] == [([], None)] * len(cells)
