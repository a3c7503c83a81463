"""Is the code that the steps add on the pages, and does the count notice when it is not?"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import page_coverage
import pytest

GALLERIES: dict = {"__file__": str(page_coverage.ROOT / "docs/conf.py")}
exec(compile((page_coverage.ROOT / "docs/conf.py").read_text(), "conf.py", "exec"), GALLERIES)
CONFIG = SimpleNamespace(gallery_pages=GALLERIES["GALLERIES"], source_encoding="utf-8")
ON_NO_PAGE = 415  # lines of code; this number only shrinks
WHOLE = ("spec", "build", "phases")  # steps of the walk whose plugin is on the pages to the last line


def test_what_is_on_no_page_only_shrinks():
    left = {name: len(about.missing) for name, about in page_coverage.here(CONFIG).items() if about.missing}
    assert sum(left.values()) <= ON_NO_PAGE, left


def test_the_plugin_of_the_walk_is_on_its_pages_to_the_last_line():
    files = [about for about in page_coverage.here(CONFIG).values() if about.step in WHOLE]
    plugin = [about for about in files if about.name.startswith(("go/plugins/", "proto/"))]
    assert len(plugin) == 5
    assert not [about.name for about in plugin if about.missing]


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("a.go", 'package a\n\nimport (\n\t"b"\n)\n\n// Says.\nfunc f() {\n\tg()\n}\n', [8, 9]),
        ("a.py", '"""What?"""\n\nimport b\n\n# Why.\ndef f():\n    """Does."""\n    g()\n', [6, 8]),
        ("a.proto", 'syntax = "proto3";\npackage a;\n\nmessage M {\n  int32 n = 1;\n}\n', [4, 5]),
    ],
)
def test_lines_that_say_nothing_do_not_count(name: str, text: str, lines: list[int]):
    assert list(page_coverage.code_lines(name, text)) == lines


def test_a_line_that_no_page_includes_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(page_coverage, "ROOT", tmp_path)
    (tmp_path / "a.py").write_text("a = 1\nb = 2\nc = 3\n")
    (tmp_path / "p.md").write_text(
        '# P\n\n```{literalinclude} a.py\n:start-at: "b ="\n:end-before: "c ="\n```\n'
    )
    found = {
        "a.py": page_coverage.File(
            "a.py", "one", page_coverage.code_lines("a.py", (tmp_path / "a.py").read_text())
        )
    }
    page_coverage.show(found, {"p": list(page_coverage.included(tmp_path / "p.md", CONFIG))})
    assert found["a.py"].missing == [1, 3]
    assert found["a.py"].pages == {"p": {2}}
    page_coverage.show(found, {"q": [("a.py", None)]})
    assert found["a.py"].missing == []
