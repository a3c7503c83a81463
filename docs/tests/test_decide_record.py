"""Does `make decide` print what the site shows?"""

from __future__ import annotations

import shlex

import pytest
from made import make

from devkit import records

SHOWN = {  # record -> the answers
    "decide": "exists=no work=operator abort=yes languages=go deploy=service",
    "decide_nothing": "exists=no work=operator abort=yes progress=yes deploy=service",
}
INPUTS = "docs/decide.toml, scripts/devkit"


@pytest.mark.parametrize("name", SHOWN)
def test_it_prints_what_the_site_shows(name: str):
    command = f"make decide ARGS={shlex.quote(SHOWN[name])}"
    printed = make("decide", f"ARGS={SHOWN[name]}")
    difference = records.compare(name, command, printed, INPUTS, "make test")
    assert not difference, f"`make test` with {records.UPDATE}=1 writes the record anew:\n{difference}"
