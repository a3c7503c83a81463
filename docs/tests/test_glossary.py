"""Is each word of the core walk linked or explained where a page first uses it, and found in other spellings?"""

from __future__ import annotations

import glossary
import pytest
from docutils import nodes
from docutils.utils import new_document
from glossary import Term
from sphinx import addnodes

PHASE = Term("phase", "How far.", "phases", True, ["fase"], ["phase", "phases"])
TEMPLATE = Term("TaskTemplate", "The message.", "spec/index", True, ["TaskTemplete"])


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> nodes.document:
    monkeypatch.setattr(glossary, "terms", lambda: [PHASE, TEMPLATE])
    return new_document("page")


def links(document: nodes.document) -> list[tuple[str, str]]:
    """Return (words, entry) of each link, in order."""
    return [(link.astext(), link["reftarget"]) for link in document.findall(addnodes.pending_xref)]


def test_the_first_use_becomes_a_link_and_no_other(page: nodes.document):
    page += nodes.paragraph("", "Phases say it. A phase ends; a TaskTemplate does not.")
    page += nodes.paragraph("", "The phase, and the TaskTemplate.")
    glossary.connect("start", page)
    assert links(page) == [("Phases", "phase"), ("TaskTemplate", "TaskTemplate")]
    assert page.children[0].astext() == "Phases say it. A phase ends; a TaskTemplate does not."


@pytest.mark.parametrize("kind", [nodes.emphasis, nodes.strong])
def test_a_page_that_explains_a_word_does_not_send_its_reader_away(
    page: nodes.document, kind: type[nodes.Element]
):
    page += nodes.paragraph(
        "", "", nodes.Text("A "), kind("", "phase"), nodes.Text(" is how far. A phase ends.")
    )
    glossary.connect("start", page)
    assert links(page) == []


@pytest.mark.parametrize(
    "around",
    [
        nodes.title("", "phase"),
        nodes.literal("", "phase"),
        nodes.reference("", "phase", refuri="a.html"),
        nodes.container("", nodes.paragraph("", "phase"), classes=["along"]),
        nodes.paragraph("", "phaseless, re-phase, phase-out, tasktemplate"),
    ],
)
def test_what_is_no_use_is_left_alone(page: nodes.document, around: nodes.Element):
    page += around
    glossary.connect("start", page)
    assert links(page) == []


def test_a_word_of_several_is_found_over_the_end_of_a_line(
    page: nodes.document, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(glossary, "terms", lambda: [Term("output prefix", "A folder.", "a", True, [])])
    page += nodes.paragraph("", "the output\nprefix of it")
    glossary.connect("start", page)
    assert links(page) == [("output\nprefix", "output prefix")]


def test_the_words_are_in_order_and_each_spelling_leads_to_one():
    names = [term.name for term in glossary.terms()]
    assert names == sorted(names, key=str.lower)
    spellings = [words.lower() for term in glossary.terms() for words in term.misspelt]
    assert len(spellings) == len(set(spellings))
    assert not set(spellings) & {name.lower() for name in names} - {"tasktemplate"}


@pytest.mark.parametrize("term", glossary.terms(), ids=lambda term: term.name)
def test_a_word_has_a_page_and_is_found_in_three_spellings(term: Term):
    docs = glossary.SOURCE.parent
    conf: dict = {"__file__": str(docs / "conf.py")}
    exec(compile((docs / "conf.py").read_text(), "conf.py", "exec"), conf)
    made = {
        f"{name}/{file.rpartition('/')[2].partition('.')[0]}"
        for name, files in conf["GALLERIES"].items()
        for file in files
    }
    assert (docs / f"{term.page}.md").exists() or term.page in made
    assert len(term.misspelt) >= 2
