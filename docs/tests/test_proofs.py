"""Does every test that a page names exist?"""

from __future__ import annotations

import re
from pathlib import Path

import proofs
import pytest
from docutils import nodes

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(path for path in (ROOT / "docs").rglob("*.md") if "tests" not in path.parts)
FILES = {
    "go/a/get_test.go": "func TestOne(t *testing.T) {\n}\n\nfunc TestBoth(t *testing.T) {\n",
    "go/b/get_test.go": "func TestBoth(t *testing.T) {\n\tfunc TestInside(t *testing.T) {}\n",
    "go/b/get.go": "func TestInACode(t *testing.T) {\n",
    "go/b/example_test.go": "func Example_whole() {\n}\n\nfunc ExampleOf(t *testing.T) {\n",
    "sdk/test_c.py": "def test_two(x):\n    def test_inside():\n",
}


def test_tests_are_found_by_name():
    assert proofs.find(FILES) == {
        "TestOne": ["go/a/get_test.go"],
        "TestBoth": ["go/a/get_test.go", "go/b/get_test.go"],
        "Example_whole": ["go/b/example_test.go"],
        "test_two": ["sdk/test_c.py"],
    }


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("TestOne", "go/a/get_test.go"),
        ("b/get_test.go:TestBoth", "go/b/get_test.go"),
        ("test_two", "sdk/test_c.py"),
    ],
)
def test_a_name_is_a_file(text: str, file: str):
    assert proofs.resolve(text, proofs.find(FILES))[0] == file


@pytest.mark.parametrize(
    ("text", "error"),
    [("TestGone", "in no file"), ("TestBoth", "in several files"), ("b/get_test.go:TestOne", "in no file")],
)
def test_a_name_that_is_none_or_several_is_an_error(text: str, error: str):
    with pytest.raises(LookupError, match=error):
        proofs.resolve(text, proofs.find(FILES))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_test_that_a_page_names_exists(path: Path):
    for text in re.findall(r"\{test\}`([^`]+)`", path.read_text(encoding="utf-8")):
        proofs.resolve(text, proofs.here())


def test_a_list_of_tests_says_what_it_is_where_no_heading_does():
    """A reader who comes to the end of a page does not take it for something to do."""
    titled, bare = proofs.test_files(), proofs.test_files()
    nodes.section("", nodes.title("", "Where the tests are"), titled)
    nodes.section("", nodes.paragraph("", "The end."), bare)
    assert proofs.introduced(titled) == []
    assert [each.astext() for each in proofs.introduced(bare)] == ["Where the tests of this page are:"]
