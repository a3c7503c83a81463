"""Does a page get the data of a view, whole, and can no text in it end the script that holds it?"""

from __future__ import annotations

import json
import re

import pytest
import task_view

HOSTILE = "</script><img src=x onerror=alert(1)><!--"


def test_the_data_comes_back_whole_and_ends_no_script() -> None:
    run = {"task": {"type": HOSTILE, "custom": {"n": 4.0}}, "answers": []}
    shown = task_view.markup(run)
    found = re.fullmatch(
        r'<div [^>]*><script type="application/json">(.*?)</script><noscript>(.*)</noscript></div>',
        shown,
        re.S,
    )
    assert found
    assert json.loads(found[1]) == run
    assert "<img" not in shown


def test_a_template_is_a_run_without_answers() -> None:
    assert task_view.run_of({"type": "x"}) == {"task": {"type": "x"}, "answers": []}


@pytest.mark.parametrize("value", [[], {}, {"task": {}}, {"type": 7}, "x"])
def test_other_json_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="want an object with task and answers, or a TaskTemplate"):
        task_view.run_of(value)
