"""Does `nox -s inprocess -- --real` say what is missing?"""

from __future__ import annotations

from pathlib import Path

import pytest

from devkit import inprocess

PROXY = """\
go: example.com/flyteinprocess/cmd/flytepropeller imports
	github.com/flyteorg/flyte/flytepropeller/plugins imports
	example.org/operator/common: example.org/operator@v0.0.0-1: reading https://p/x.zip: 403 Forbidden
	server response: This module version is not available.
"""
OFFLINE = 'go: github.com/flyteorg/flyte/flyteidl@v1.16.8: Get "https://p/x.info": dial tcp: no such host\n'
BUILD = """\
/cache/flyteplugins@v1.16.8/spark.go:11:2: example.org/operator@v0.0.0-1: reading https://p/x.zip: 403 Forbidden
	server response: This module version is not available.
"""
COMPILER = "adapter/phase.go:41:14: not enough arguments in call to core.PhaseInfoInitializing\n"


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (PROXY, ["example.org/operator@v0.0.0-1"]),
        (BUILD, ["example.org/operator@v0.0.0-1"]),
        (OFFLINE, ["github.com/flyteorg/flyte/flyteidl@v1.16.8"]),
        (COMPILER, []),
    ],
)
def test_only_a_refused_module_counts_as_missing(text: str, missing: list[str]) -> None:
    assert inprocess.refusals(text) == missing


def test_the_tracked_go_mod_is_not_what_go_completes(tmp_path: Path) -> None:
    (tmp_path / "real.sum").write_text("of an earlier run")
    copy = inprocess.modfile(tmp_path)
    assert copy.parent == tmp_path
    assert copy.read_bytes() == (inprocess.MODULE / "go.mod").read_bytes()
    assert not (tmp_path / "real.sum").exists()
