"""Does the check of the built site notice what it is there for?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sitecheck
import verified

SOURCE = "// %% Title\n//\n// Prose.\n\npackage job\n\n// %% More\n\nfunc f() {\n\treturn\n}\n"
GOOD = '<pre tabindex="0">package job\n</pre><pre><span>func</span> f() {\n\treturn\n}\n</pre>'


def page(text: str) -> sitecheck.Page:
    parsed = sitecheck.Page()
    parsed.feed(text)
    return parsed


def test_code_as_in_the_source_is_good():
    assert list(sitecheck.copied_code(page(GOOD), SOURCE, "//")) == []


@pytest.mark.parametrize(
    ("text", "breach"),
    [
        (GOOD.replace("\t", "    "), "not in the source"),
        (GOOD.replace("return", "panic"), "not in the source"),
        ("<pre>package job\n</pre>", "not on the page: 'func f() {'"),
    ],
    ids=["tabs became spaces", "another word", "a block is missing"],
)
def test_code_that_differs_is_a_breach(text: str, breach: str):
    assert any(breach in sentence for sentence in sitecheck.copied_code(page(text), SOURCE, "//"))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('<script src="https://cdn.example.com/a.js"></script>', 1),
        ('<link rel="stylesheet" href="//fonts.example.com/a.css">', 1),
        ('<img src="http://example.com/a.png">', 1),
        ('<img src="data:image/png;base64,AA=="><script src="_static/a.js"></script>', 0),
        ('<a href="https://example.com">a link is no request</a>', 0),
    ],
)
def test_requests_to_other_hosts_are_found(text: str, count: int):
    assert len(list(sitecheck.foreign(page(text)))) == count


def test_links_that_lead_nowhere_are_found(tmp_path: Path):
    (tmp_path / "a.html").write_text(
        '<a href="b.html#here">b</a><a href="b.html#gone">b</a><a href="c.html">c</a>'
    )
    (tmp_path / "b.html").write_text(
        '<p id="here"><a href="#here">here</a><a href="https://example.com/x">out</a></p>'
    )
    found = [sentence for _, sentence in sitecheck.breaches(tmp_path, {})]
    assert len(found) == 2
    assert "no such place" in found[0]
    assert "c.html" in found[1]


@pytest.mark.parametrize(
    ("text", "silent"),
    [
        ('<a href="b.html"></a>', ["b.html"]),
        ('<a href="b.html"> <span>\n</span></a><a href="c.html">C</a>', ["b.html"]),
        ('<a href="b.html"><img src="b.png"></a>', ["b.html"]),
        ('<a href="b.html"><img src="b.png" alt="B"></a>', []),
        ('<a href="b.html"><svg><use href="#icon"></use></svg></a>', []),
        ('<a href="b.html" aria-label="B"></a>', []),
        ('<a href="b.html"><code>B</code></a><a id="a place, and no link"></a>', []),
    ],
)
def test_a_link_that_nobody_can_see_is_found(text: str, silent: list[str]):
    assert page(text).silent == silent


def test_a_menu_without_titles_is_a_breach(tmp_path: Path):
    (tmp_path / "a.html").write_text('<li><a class="reference internal" href="a.html"></a></li>' * 2)
    assert [sentence for _, sentence in sitecheck.breaches(tmp_path, {})] == [
        "links to a.html without a word: give the page a title, or the link a text"
    ]


def test_a_heavy_page_is_found(tmp_path: Path):
    (tmp_path / "a.html").write_text('<script src="a.js?v=1"></script>')
    (tmp_path / "a.js").write_bytes(b"x" * sitecheck.MOST)
    assert "weighs" in next(sitecheck.breaches(tmp_path, {}))[1]


def test_a_style_sheet_that_loads_another_weighs_as_much_as_both(tmp_path: Path):
    (tmp_path / "a.html").write_text(text := '<link rel="stylesheet" href="a.css?v=1">')
    (tmp_path / "a.css").write_text(sheet := '@import url("b.css"); p {}')
    (tmp_path / "b.css").write_bytes(b"x" * 5000)
    assert sitecheck.weight(tmp_path / "a.html", page(text)) == len(text) + len(sheet) + 5000


def test_the_search_loads_the_words_of_all_pages_and_may_weigh_more_but_not_anything(tmp_path: Path):
    (tmp_path / "search.html").write_text('<script src="searchindex.js"></script>')
    (tmp_path / "searchindex.js").write_bytes(b"x" * sitecheck.MOST)
    assert not list(sitecheck.breaches(tmp_path, {}))
    (tmp_path / "searchindex.js").write_bytes(b"x" * sitecheck.MOST_OF["search"])
    assert "weighs" in next(sitecheck.breaches(tmp_path, {}))[1]


def test_a_picture_inside_of_a_page_counts_once(tmp_path: Path):
    (tmp_path / "a.html").write_text(text := f'<img src="data:image/png;base64,{"A" * 5000}">')
    assert sitecheck.weight(tmp_path / "a.html", page(text)) == len(text)


def test_results_of_steps_count_only_for_the_code_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "docs").mkdir()
    (tmp_path / "build").mkdir()
    (tmp_path / "docs/steps.toml").write_text((verified.ROOT / "docs/steps.toml").read_text())
    good = [{"ok": True, "mistakes": [{}, {}]}, {"ok": True, "mistakes": [{}]}]
    untested = "For this build, the code of each step was not tested on its own."
    monkeypatch.setattr(verified.slices, "fingerprint", lambda owner: "the hash")
    assert verified.steps(tmp_path) == untested

    def said(**changed: object) -> str:
        found = {"ok": True, "inputs": "the hash", "steps": good} | changed
        (tmp_path / "build/steps.json").write_text(json.dumps(found))
        return verified.steps(tmp_path)

    assert said().startswith("All 2 steps build and pass, and their tests notice 3 mistakes")
    assert said(ok=False, steps=good[:1]) == untested  # only some of them, and those are good
    red = [{**good[0], "ok": False}]
    assert said(ok=False, steps=red) == "The code of a step fails its tests: make steps says which."
    assert said(ok=False, steps=red, inputs="another hash") == said(inputs="another hash") == untested
