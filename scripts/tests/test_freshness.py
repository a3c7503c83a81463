"""Is a result fresh exactly as long as no file has changed on which it depends?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from devkit import freshness

FILES = {"go/a.go": "1", "go/sub/b.go": "2", "sdk/c.py": "3", "docs/d.md": "4"}


def test_a_file_that_changes_changes_the_fingerprint_and_others_do_not():
    before = freshness.fingerprint(["go", "sdk/c.py"], FILES)
    assert freshness.fingerprint(["go", "sdk/c.py"], FILES | {"docs/d.md": "5"}) == before
    for change in ({"go/sub/b.go": "9"}, {"sdk/c.py": "9"}, {"go/new.go": "1"}):
        assert freshness.fingerprint(["go", "sdk/c.py"], FILES | change) != before


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("go", ["go/a.go", "go/sub/b.go"]),
        ("go/", ["go/a.go", "go/sub/b.go"]),
        ("go/a.go", ["go/a.go"]),
        ("*/c.py", ["sdk/c.py"]),
    ],
)
def test_a_pattern_is_a_file_a_folder_or_has_stars(pattern: str, found: list[str]):
    assert freshness.matching([pattern], FILES) == found


def test_a_pattern_without_a_file_is_an_error():
    with pytest.raises(ValueError, match="no file matches 'gone'"):
        freshness.matching(["go", "gone"], FILES)


def test_the_summary_itself_makes_nothing_old():
    assert freshness.SUMMARY not in freshness.digests()


def test_every_record_says_what_it_depends_on_and_that_exists():
    folder = freshness.ROOT / "docs" / "records"
    assert freshness.fresh(folder, {}).keys() == {path.stem for path in folder.glob("*.txt")}


def test_a_record_is_fresh_when_it_was_found_true_with_these_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(freshness, "here", freshness.here.__wrapped__)  # remembers nothing
    monkeypatch.setattr(freshness, "digests", lambda: FILES)
    for name in ("same", "differs", "never", "earlier"):
        (tmp_path / f"{name}.txt").write_text("# inputs: go, sdk/c.py\n# checked by: make e2e\n\n$ x\n")
    now, runs = freshness.fingerprint(["go", "sdk/c.py"]), tmp_path / "runs"
    runs.mkdir()
    for name, same in {"same": True, "differs": False}.items():
        (runs / f"{name}.json").write_text(json.dumps({"same": same, "inputs": now}))
    known = freshness.records(tmp_path, runs, {"earlier": "0123", "gone": "4567"})
    assert known == {"same": now, "earlier": "0123"}
    assert freshness.fresh(tmp_path, known) == {
        "differs": False,
        "earlier": False,
        "never": False,
        "same": True,
    }
    monkeypatch.setattr(freshness, "digests", lambda: FILES | {"go/a.go": "9"})
    assert not any(freshness.fresh(tmp_path, known).values())


def test_a_record_that_does_not_say_what_it_depends_on_is_an_error(tmp_path: Path):
    (tmp_path / "x.txt").write_text("$ make x\n")
    with pytest.raises(ValueError, match=r"x\.txt: the first line is not"):
        freshness.patterns(tmp_path / "x.txt")
