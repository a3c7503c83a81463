"""Do the form, the table and the chart of the page "decide" say all that docs/decide.toml says?"""

from __future__ import annotations

import json
import logging
import re
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import decide_chart
import decide_page
import decide_table
import pytest
from decide_ways import GUIDE
from docutils import nodes
from sphinx import addnodes

SVG = "{http://www.w3.org/2000/svg}"


def app(*places: str) -> Any:
    """Return as much of Sphinx as links need: these places exist, each with its address as its title."""
    tocs: dict[str, addnodes.compact_paragraph] = {}
    for place in places:
        page, _, anchor = place.partition("#")
        toc = tocs.setdefault(page.rpartition(".")[0], addnodes.compact_paragraph())
        toc += nodes.reference("", place, anchorname=f"#{anchor}" if anchor else "")
    builder = SimpleNamespace(get_relative_uri=lambda _, page: f"{page}.html")
    return SimpleNamespace(env=SimpleNamespace(tocs=tocs), builder=builder)


def links() -> decide_table.Links:
    shown = {place for each in (*GUIDE.questions, *GUIDE.rules) for place in each.evidence}
    return decide_table.Links(app(*shown, *(kind.page for kind in GUIDE.kinds)), "decide")


@pytest.mark.parametrize("place", ["price.md#nowhere", "nowhere.md"])
def test_evidence_that_is_not_there_is_a_warning_and_so_fails_the_build(
    place: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(decide_table, "LOG", logging.getLogger("decide"))
    found = decide_table.Links(app("price.md#side-by-side"), "decide")
    assert found.of("price.md#side-by-side") == ("price.html#side-by-side", "price: price.md#side-by-side")
    titled = decide_table.Links(app("price.md", "price.md#side-by-side"), "decide")
    assert titled.of("price.md#side-by-side")[1] == "price.md: price.md#side-by-side", (
        "the page's title first"
    )
    assert titled.of("price.md") == ("price.html", "price.md")
    assert caplog.records == []
    found.of(place)
    assert f"{place} is not there" in caplog.text


def test_the_table_has_a_row_for_each_rule_with_its_reason_and_its_links():
    table = next(node for node in decide_table.table(GUIDE, links()) if isinstance(node, nodes.table))
    rows = [row.astext() for row in table[0].findall(nodes.row)][1:]
    assert len(rows) == len(GUIDE.rules)
    for rule, row in zip(GUIDE.rules, rows, strict=True):
        assert rule.because.replace("`", "") in row
        assert all(GUIDE.kind(kind).name in row for kind in rule.out)
        assert all(f"({links().of(place)[1]})" in row for place in rule.evidence)


def test_the_table_names_the_kinds_in_the_order_of_preference():
    order = next(
        node for node in decide_table.table(GUIDE, links()) if isinstance(node, nodes.enumerated_list)
    )
    names = [item.astext().partition(":")[0] for item in order]
    assert names == [kind.name for kind in GUIDE.kinds]


def test_the_form_has_every_question_and_answer_and_begins_unanswered():
    page = decide_page.form(GUIDE, links())[0].astext()
    for question in GUIDE.questions:
        assert f'<fieldset data-question="{question.id}"' in page
        wanted = [*question.answers, ""]
        assert re.findall(rf'name="{question.id}" value="([^"]*)"', page) == wanted
    assert page.count(" checked>") == len(GUIDE.questions) == page.count('value="" checked>')


def test_the_script_gets_the_guide_and_nothing_ends_it_early():
    page = decide_page.form(GUIDE, links())[0].astext()
    about = page.partition('id="decide-guide">')[2].partition("</script>")[0]
    guide = json.loads(about)
    assert [kind["id"] for kind in guide["kinds"]] == [kind.id for kind in GUIDE.kinds]
    assert sum(len(question["rules"]) for question in guide["questions"]) == len(GUIDE.rules)


def test_the_chart_has_a_lane_for_each_kind_and_a_box_where_a_question_can_stop_it():
    picture = ElementTree.fromstring(decide_chart.svg(GUIDE))
    stops = {(rule.question, kind) for rule in GUIDE.rules for kind in rule.out}
    assert len(list(picture.iter(f"{SVG}rect"))) == len(stops)
    assert sum(path.get("class") == "lane" for path in picture.iter(f"{SVG}path")) == len(GUIDE.kinds)


def test_the_chart_says_in_words_what_it_shows():
    picture = ElementTree.fromstring(decide_chart.svg(GUIDE))
    said = picture.findtext(f"{SVG}desc") or ""
    assert picture.get("aria-describedby") == picture.find(f"{SVG}desc").get("id")  # type: ignore[union-attr]
    assert said.count(" it stops: ") == len(GUIDE.rules)
    for question in GUIDE.questions:
        assert question.ask.replace("`", "") in said
