"""Does `make paid` print what the site shows?"""

from __future__ import annotations

import making
import pytest

from devkit import records

INPUTS = "examples/paid_service, examples/paid_connector, scripts/devkit"


@pytest.mark.timeout(300)
def test_it_prints_what_the_site_shows(tmp_path):
    printed = making.all_of("paid", tmp_path)
    difference = records.compare("paid", "make paid", printed, INPUTS)
    assert not difference, f"`make e2e` with {records.UPDATE}=1 writes the record anew:\n{difference}"
    assert list(tmp_path.iterdir()) == [], "temporary files are left"
