"""Is every version on a page read from where it is decided, and none typed?"""

from __future__ import annotations

from pathlib import Path

import prose
import pytest
import versions
from sphinx.errors import ConfigError


def test_no_page_has_a_version_that_is_typed_in():
    assert versions.here() == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("with flytekit 1.16.31.", ["1.16.31"]),
        ("at tag v1.16.8, and", ["v1.16.8"]),
        ("in Flyte 1.16's plugin", ["Flyte 1.16"]),
        ("it needs Java 17 or 21, and Python 3", ["Java 17", "Python 3"]),
        ("`flyteidl==1.16.8`", ["flyteidl==1.16.8"]),
        ("versions before 1.16.", ["before 1.16"]),
        ("Flyte 2, and Flyte 1, waits 0.4 s at 127.0.0.1 and sends 4.0", []),
        ("TLS 1.2, under the Apache License 2.0", []),
        ("from {version}`flyte1-least`", []),
    ],
)
def test_what_looks_like_a_version_is_found(text: str, found: list[str]):
    assert list(versions.found(text)) == found


def typed(text: str, *allowed: versions.Typed) -> list[str]:
    return list(versions.typed({"a.md": text}, list(allowed), {"flytekit": "1.16.31"}))


def test_a_typed_version_is_a_breach_and_an_exception_is_compared():
    allowed = versions.Typed("a.md", "flytekit 1.16.31", version="flytekit")
    assert typed("flytekit 1.16.31", allowed) == []
    assert "'1.16.31' is typed" in typed("flytekit 1.16.31")[0]
    later = versions.Typed("a.md", "flytekit 1.16.30", version="flytekit")
    assert "flytekit is 1.16.31" in typed("flytekit 1.16.30", later)[0]
    assert "any more" in typed("nothing", allowed)[0]


def test_an_exception_is_a_version_or_says_why():
    for one in versions.exceptions():
        assert bool(one.version) != bool(one.why), one


def test_a_version_that_no_file_has_says_why_it_is_right():
    for name, given in versions.table()["version"].items():
        assert ("is" in given) == ("why" in given) != ("file" in given), name


def test_every_version_is_used():
    texts = "".join(prose.sources(versions.ROOT).values())
    for name, given in versions.table()["version"].items():
        shown = f"{{version}}`{name}`" in texts or "foot" in given
        assert shown or any(one.version == name for one in versions.exceptions()), name


def test_versions_come_from_the_files_that_decide_them(tmp_path: Path):
    for given in versions.table()["version"].values():
        for file in (given.get("file", versions.TABLE), versions.TABLE):
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_text((versions.ROOT / file).read_text())
    before = versions.feet(tmp_path)
    lock = tmp_path / "requirements/work.txt"
    lock.write_text(lock.read_text().replace(f"flytekit=={before['flytekit']}", "flytekit==9.9.9"))
    assert versions.feet(tmp_path) == {**before, "flytekit": "9.9.9"}
    lock.write_text("")
    with pytest.raises(ConfigError, match=r"requirements/work.txt does not say which version of flytekit"):
        versions.feet(tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("docs/a.md", "one\n```python\ntwo\n```\nthree\n", "one\n\nthree\n"),
        ("docs/a.md", "```{goals}\nfirst: the first\n```\nthen\n", "first: the first\n\nthen\n"),
        ("docs/a.md", "::::{note}\n:::{raw} html\n<p>\n:::\nwords\n::::\n", "\nwords\n\n"),
        ("docs/decide.toml", 'a = "one"\nb = ["two", {c = "three"}]', "one\ntwo\nthree"),
        ("go/plugins/job/spec.go", "// Prose.\npackage job\n\tx() // more\n", " Prose."),
        ("examples/plot_a.py", '"""One."""\n# Two.\nx = 1\n', "One.\n Two."),
    ],
)  # fmt: skip
def test_prose_is_what_is_written_in_words(name: str, text: str, said: str):
    assert prose.words(name, text) == said


@pytest.mark.parametrize("name", ["CHANGELOG.md", "go/plugins/job/spec_test.go", "docs/records/try.txt"])
def test_what_is_no_page_has_no_prose(name: str):
    assert prose.words(name, "text") is None
