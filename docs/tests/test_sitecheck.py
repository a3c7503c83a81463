"""Does the check of the built site notice what it is there for?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sitecheck
import verified
from sphinx.errors import ConfigError

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
        '<a href="b.html#here"></a><a href="b.html#gone"></a><a href="c.html"></a>'
    )
    (tmp_path / "b.html").write_text(
        '<p id="here"><a href="#here"></a><a href="https://example.com/x">out</a></p>'
    )
    found = [sentence for _, sentence in sitecheck.breaches(tmp_path, {})]
    assert len(found) == 2
    assert "no such place" in found[0]
    assert "c.html" in found[1]


def test_a_heavy_page_is_found(tmp_path: Path):
    (tmp_path / "a.html").write_text('<script src="a.js?v=1"></script>')
    (tmp_path / "a.js").write_bytes(b"x" * sitecheck.MOST)
    assert "weighs" in next(sitecheck.breaches(tmp_path, {}))[1]


def test_versions_come_from_the_files_that_decide_them(tmp_path: Path):
    for file, _ in verified.SOURCES.values():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text((verified.ROOT / file).read_text())
    before = verified.versions(tmp_path)
    lock = tmp_path / "requirements/work.txt"
    lock.write_text(lock.read_text().replace(f"flytekit=={before['flytekit']}", "flytekit==9.9.9"))
    assert verified.versions(tmp_path) == {**before, "flytekit": "9.9.9"}
    lock.write_text("")
    with pytest.raises(ConfigError, match=r"requirements/work.txt does not say which version of flytekit"):
        verified.versions(tmp_path)


def test_results_of_steps_count_only_for_the_code_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "docs").mkdir()
    (tmp_path / "build").mkdir()
    (tmp_path / "docs/steps.toml").write_text((verified.ROOT / "docs/steps.toml").read_text())
    found = {"ok": True, "inputs": "the hash", "steps": [{"mistakes": [{}, {}]}, {"mistakes": [{}]}]}
    (tmp_path / "build/steps.json").write_text(json.dumps(found))
    monkeypatch.setattr(verified.slices, "fingerprint", lambda owner: "the hash")
    assert verified.steps(tmp_path).startswith(
        "All 2 steps build and pass, and their tests notice 3 mistakes"
    )
    monkeypatch.setattr(verified.slices, "fingerprint", lambda owner: "another hash")
    assert (
        verified.steps(tmp_path)
        == "The steps of the book were not built yet with the code as it is now; make steps does it."
    )
