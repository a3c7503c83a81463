"""Do the plots and the table of the abort experiment show what was recorded?"""

from __future__ import annotations

import copy
import json
import re
from xml.etree import ElementTree

import experiment
import plots
import pytest

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def found() -> dict:
    return copy.deepcopy(experiment.read())


def ends(picture: str) -> list[tuple[float, float]]:
    """Return the last place of each line of the plot."""
    paths = [path.attrib for path in ElementTree.fromstring(picture).iter(f"{SVG}path")]
    drawn = [path["d"] for path in paths if path["class"].startswith("line") and "L" in path["d"]]
    return [tuple(map(float, line.rpartition("L")[2].split())) for line in drawn]


def test_what_goes_on_costing_ends_above_what_has_stopped(found):
    pod, python, job, *_ = ends(experiment.lines(found))
    assert pod[0] == python[0] == job[0] == plots.WIDTH - experiment.RIGHT
    assert pod[1] < python[1], "a larger number is higher, and has a smaller y"
    assert pod[1] < job[1]


def test_the_legend_has_the_dollars_of_the_lines(found):
    found["rows"]["pod"]["line"] = [[-4, 2], [0, 1], [12, 1]]
    price = found["about"]["price"]
    assert f"a pod that polls: ${price * (2 * 4 + 1 * 12):.2f}" in experiment.lines(found)


def test_bars_mark_what_goes_on(found):
    picture = experiment.bars(found)
    going = [name for name, row in found["rows"].items() if row["stopped_after"] is None]
    assert going
    rects = ElementTree.fromstring(picture).iter(f"{SVG}rect")
    assert [rect.attrib["class"] for rect in rects].count("first") == len(going)
    assert len(re.findall(r"\$\d\.\d\d \+<", picture)) == len(going)


def test_the_table_says_each_row_in_words(found):
    text = experiment.outcome(found).astext()
    for row in found["rows"].values():
        assert experiment.words(row) in text
    assert "goes on" in text


def test_a_record_of_other_rows_is_refused(found, tmp_path):
    del found["rows"]["pod"]
    path = tmp_path / "abort_experiment.json"
    path.write_text(json.dumps(found))
    with pytest.raises(ValueError, match=r"abort_experiment\.json has the rows python, job"):
        experiment.read(path)


def test_a_record_that_files_have_outrun_says_so(found):
    assert "have changed since" not in experiment.note(found, found["about"]["inputs"])
    assert "have changed since" in experiment.note(found, "something else")
