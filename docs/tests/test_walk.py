"""Does each page of the core walk say what a reader has, gets and sees, and would the build notice if one did not?"""

from __future__ import annotations

from pathlib import Path

import along
import pytest
import step_files
import walk
from docutils import nodes
from docutils.utils import new_document
from sphinx.errors import ConfigError

from devkit import archives, slices, walk_page

ROOT = Path(__file__).resolve().parents[2]
PAGES = [page for station in walk.load() for page in station.pages]
WALK = """\
[[station]]
name = "A"
[[station.page]]
name = "a"
have = "x"
get = "x"
time = "x"
see = "x"
otherwise = "x"
"""


def test_there_are_nine_stations():
    assert len(walk.load()) == 9


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_all_five(page: str):
    about = next(station.pages[page] for station in walk.load() if page in station.pages)
    assert about.keys() == walk.FIELDS.keys()
    assert all(text.strip().endswith(".") for text in about.values())


@pytest.mark.parametrize(
    ("old", "new"),
    [('see = "x"\n', ""), ('see = "x"', 'see = " "'), ('see = "x"', 'see = "x"\nseen = "x"')],
    ids=["missing", "empty", "too much"],
)
def test_a_page_that_does_not_is_an_error(tmp_path: Path, old: str, new: str):
    (tmp_path / "walk.toml").write_text(WALK.replace(old, new))
    with pytest.raises(
        ConfigError, match=r"a: wants have, get, time, see, otherwise, each once; look at seen?$"
    ):
        walk.load(tmp_path / "walk.toml")


def test_every_page_of_a_step_is_on_the_walk_and_in_its_order():
    steps, _ = step_files.tree()
    pages = [page for step in slices.on_the_way(steps) for page in step.pages]
    assert [page for page in PAGES if page in pages] == pages


def test_a_text_has_code_emphasis_and_links():
    found = walk.inline("`make try`: *yes*, [](#a-b) and [that](spec/index#x), [](abort).", "plugin/spec")
    kinds = [type(node).__name__ for node in found if node.astext() or not isinstance(node, nodes.Text)]
    assert kinds == [
        "literal", "Text", "emphasis", "Text", "reference", "Text", "reference", "Text", "pending_xref", "Text",
    ]  # fmt: skip
    links = [node for node in found if isinstance(node, nodes.reference)]
    assert [(one.astext(), one["refuri"]) for one in links] == [
        ("A b", "#a-b"),
        ("that", "../spec/index.html#x"),
    ]


def test_how_long_it_takes_to_read_is_counted():
    page = new_document("page")
    page += nodes.paragraph("", "word " * walk.WORDS_A_MINUTE * 2)
    page += nodes.literal_block("", "\n".join(["line of code"] * walk.LINES_A_MINUTE))
    assert walk.minutes(page) == 3
    about = dict.fromkeys(walk.FIELDS, "x.")
    assert "About 1 minute to read. x." in walk.box(about, "a", 1).astext()


@pytest.mark.parametrize(
    ("page", "here"), [("start", 1), ("plugin/build", 4), ("make-it-yours", 9), ("price", 0)]
)
def test_the_map_says_where_one_is(page: str, here: int):
    drawn = walk.chart(page, walk.load())
    assert drawn.count("<li") == (9 if here else 0)
    assert drawn.count('aria-current="step"') == bool(here)
    assert (
        f'aria-current="step"><a href="{"#" if page in walk.load()[here - 1].pages else ""}' in drawn
        or page != PAGES[0]
    )


def test_shown_files_and_the_rest_are_the_step():
    steps, owner = step_files.tree()
    for number, step in enumerate(slices.on_the_way(steps)[1:], 1):
        rest = archives.rest(steps, owner, number)
        added = {name for name, first in owner.items() if first == number}
        assert rest.keys() | step.shown.keys() == added | {"README.md"} | ({"constraints.txt"} & rest.keys())
        assert not rest.keys() & step.shown.keys()


def test_a_change_of_an_earlier_file_is_a_patch():
    steps, owner = step_files.tree()
    patch = archives.changes(steps, owner, 1)["go/cmd/connector/main.go"]
    assert patch.startswith("--- a/go/cmd/connector/main.go\n+++ b/go/cmd/connector/main.go\n")
    assert '+\t"example.com/larkspur/plugins/job"\n' in patch
    assert archives.changes(steps, owner, 0) == {}


def test_a_page_that_shows_what_is_not_its_own_is_an_error(monkeypatch: pytest.MonkeyPatch):
    steps, owner = step_files.tree()
    wrong = [slices.Step(**{**vars(step), "shown": dict.fromkeys(step.shown, "start")}) for step in steps]
    monkeypatch.setattr(step_files, "tree", lambda: (wrong, owner))
    with pytest.raises(ConfigError, match=r"step spec shows proto/larkspur/v1/job\.proto on start"):
        step_files.shown()


def test_a_box_says_what_there_is_to_do():
    first, middle, last = (
        along.box(page, number).astext()
        for page, number in [("start", 0), ("spec/job", 1), ("plugin/spec", 1)]
    )
    assert "cd larkspur" in first
    assert "proto/larkspur/v1/job.proto" in middle
    assert "come with its last page" in middle
    assert "zipfile -e ../larkspur-spec-rest.zip" in last
    assert "go test ./plugins/..." in last


def test_a_link_from_a_folder_leads_out_of_it():
    assert walk_page.relative("files/a.go", "plugin/spec") == "../files/a.go"
    assert walk_page.relative("files/a.go", "start") == "files/a.go"
