"""Is a slice of the tree what docs/steps.toml says?"""

from __future__ import annotations

import pytest

from devkit import steps
from devkit.slices import ROOT, Step, StepsError, assign, cut, load, tracked

MAIN = """\
plugins := []plugin.Plugin{
	// step:spec begin
	job.Plugin{},
	// step:spec end
}
"""


def test_a_region_of_a_later_step_is_cut_with_its_markers():
    assert cut(MAIN, {"spec"}, {"spec"}) == "plugins := []plugin.Plugin{\n}\n"


def test_a_region_of_an_earlier_step_stays_as_it_is():
    assert cut(MAIN, set(), {"spec"}) == MAIN


@pytest.mark.parametrize(
    "text",
    [
        MAIN.replace("spec", "spectrum"),
        MAIN.replace("end", "begin"),
        MAIN.replace("\t// step:spec end\n", ""),
    ],
    ids=["no such step", "begins twice", "has no end"],
)
def test_a_marker_that_makes_no_sense_is_an_error(text: str):
    with pytest.raises(StepsError):
        cut(text, set(), {"spec"})


def step(name: str, *files: str) -> Step:
    return Step(name, name, "go", list(files))


def test_every_file_belongs_to_the_step_that_names_it():
    names = ["go/go.mod", "go/plugins/job/spec.go", "README.md"]
    found = assign([step("a", "go/go.mod"), step("b", "go/plugins/*")], ["go/plugins"], names)
    assert found == {"go/go.mod": 0, "go/plugins/job/spec.go": 1}


@pytest.mark.parametrize(
    ("steps", "error"),
    [
        ([step("a", "go/x.go")], "no file matches 'go/x.go'"),
        ([step("a", "go/*"), step("b", "go/a.go")], "go/a.go is in two steps: a and b"),
        ([step("a", "go/a.go")], "go/b.go is in no step"),
    ],
)
def test_a_list_that_does_not_fit_the_tree_is_an_error(steps: list[Step], error: str):
    with pytest.raises(StepsError, match=error):
        assign(steps, ["go"], ["go/a.go", "go/b.go"])


def test_the_list_fits_this_tree_and_every_step_can_be_checked():
    found, complete = load(ROOT / "docs" / "steps.toml")
    assert set(assign(found, complete, tracked()).values()) == set(range(len(found)))
    assert {one.check for one in found} <= set(steps.CHECKS)


def test_every_mistake_has_its_place():
    for one in load(ROOT / "docs" / "steps.toml")[0]:
        for mistake in one.mistakes:
            text = (ROOT / mistake.file).read_text(encoding="utf-8")
            assert text.count(mistake.replace) == 1, f"{one.name}: {mistake.what}"
            assert mistake.replace != mistake.by
