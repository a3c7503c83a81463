"""Does every kind of copy get an AGENTS.md that is true of it?"""

from __future__ import annotations

import fnmatch
import re

import pytest

from devkit.rename_tree import tracked as known
from devkit.template_parts import outcome, plan
from devkit.toolchain import ROOT

CHOICES = [
    ("job", set()),
    ("job", {"localcluster"}),
    ("spark", set()),
    ("spark", {"localcluster", "examples"}),
]


@pytest.mark.parametrize(("keep", "parts"), CHOICES)
def test_its_commands_and_paths_are_in_the_copy(keep: str, parts: set[str]):
    files = outcome({name: (ROOT / name).read_bytes() for name in known(ROOT)}, plan(keep, parts))
    text, makefile = files["AGENTS.md"].decode(), files["Makefile"].decode()
    sessions = " ".join(re.findall(r"^SESSIONS \+?:?= (.+)$", makefile, re.MULTILINE)).split()
    literals = re.findall(r"`([^`\n]+)`", text)
    for literal in literals:
        if found := re.match(r"make (\w+)", literal):
            assert found[1] in {"test", *sessions}, literal
        if re.fullmatch(r"[\w.*-]+(/[\w.*-]+)+/?", literal):
            assert fnmatch.filter(files, literal) or fnmatch.filter(files, f"{literal.rstrip('/')}/*"), (
                literal
            )
    assert "It is also a book" not in text
    assert ("`make e2e`" in text) == ("localcluster" in parts)
