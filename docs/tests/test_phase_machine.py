"""Does the picture of the phases have the cases of the Go test, and no others?"""

from __future__ import annotations

import re

import phase_machine
import pytest

TEXT = phase_machine.SOURCE.read_text(encoding="utf-8")


def test_every_case_of_the_test_is_in_the_picture():
    found = phase_machine.cases(TEXT)
    names = [name for names in found.values() for name in names]
    table = phase_machine.TABLE.search(TEXT)
    assert table is not None
    assert len(names) == table[0].count("phase: plugin.") == len(set(names)) > 10
    assert found["Succeeded"] == ["complete is success"]
    picture = phase_machine.svg(found)
    assert re.findall(r'class="small"[^>]*>([^<]+)', picture) == names


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "no case expects Queued"),
        (TEXT.replace("phase: plugin.Succeeded", "phase: plugin.Aborted"), "not drawn: Aborted"),
    ],
)
def test_a_table_that_cannot_be_drawn_is_an_error(text: str, error: str):
    with pytest.raises(ValueError, match=error):
        phase_machine.cases(text)
