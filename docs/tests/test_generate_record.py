"""Do the checks of the protos print what the site shows?"""

from __future__ import annotations

import pytest
from made import make

from devkit import records

SHOWN = {
    "generate": ("make generate ARGS=--check", ["generate", "ARGS=--check"]),
    "baseline": ("make baseline", ["baseline"]),
}
INPUTS = "proto, go/gen, go/connector/gen, go/tools, sdk, scripts"


@pytest.mark.parametrize("name", SHOWN)
def test_it_prints_what_the_site_shows(name: str):
    command, words = SHOWN[name]
    difference = records.compare(name, command, make(*words), INPUTS, "make test")
    assert not difference, f"`make test` with {records.UPDATE}=1 writes the record anew:\n{difference}"
