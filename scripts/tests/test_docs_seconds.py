"""Is only a good site timed, and is nothing written when it is not?"""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from devkit import docs_seconds
from devkit.docs_seconds import SecondsError


@pytest.mark.parametrize(
    ("said", "good"),
    [
        ("built, in 2.0 s; watching for changes", True),
        ("built, with warnings (see above), in 2.0 s; watching for changes", False),
    ],
)
def test_a_build_with_warnings_is_not_timed(said: str, good: bool) -> None:
    lines = docs_seconds.lines(io.StringIO(f"changed: docs/a.md\n{said}\n"))
    if good:
        docs_seconds.wait(lines)
    else:
        with pytest.raises(SecondsError, match="has warnings"):
            docs_seconds.wait(lines)


@pytest.mark.parametrize("good", [True, False])
def test_a_result_is_written_only_when_everything_was_measured(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, good: bool
) -> None:
    def measured() -> dict[str, object]:
        if not good:
            raise SecondsError("the site has warnings")
        return {"cold_seconds": 80.0}

    monkeypatch.setattr(docs_seconds, "ROOT", tmp_path)
    monkeypatch.setattr(docs_seconds, "RESULT", tmp_path / "build" / "docs-seconds.json")
    monkeypatch.setattr(docs_seconds, "measured", measured)
    assert docs_seconds.main() == (0 if good else 1)
    written = docs_seconds.RESULT.exists()
    assert written is good
    assert not written or json.loads(docs_seconds.RESULT.read_text()) == {"cold_seconds": 80.0}
