"""Does a style sheet keep what pages use, and nothing else?"""

from __future__ import annotations

from pathlib import Path

import assets
import pytest
import sphinx_design

CSS = (
    ":root{--sd-color:#fff}.sd-card,.sd-cardinal{color:red}.sd-card.sd-big p{margin:0}p.plain{top:0}"
    "@media (min-width:9px){.sd-card{left:0}.sd-big{right:0}}@media print{.sd-big{right:0}}"
    "@keyframes sd-fade{0%{top:0}to{top:1px}}"
)


@pytest.mark.parametrize(
    ("used", "kept"),
    [
        (set(), ":root{--sd-color:#fff}p.plain{top:0}"),
        (
            {"sd-card"},
            ":root{--sd-color:#fff}.sd-card{color:red}p.plain{top:0}@media (min-width:9px){.sd-card{left:0}}",
        ),
        ({"sd-card", "sd-cardinal", "sd-big", "sd-fade"}, CSS),
    ],
)
def test_a_rule_stays_when_a_page_has_all_of_its_classes(used: set[str], kept: str) -> None:
    assert assets.purged(CSS, used) == kept


def test_the_style_sheet_that_is_installed_becomes_small() -> None:
    name = next(Path(sphinx_design.__file__).parent.rglob("sphinx-design.min.css"))
    css = name.read_text(encoding="utf-8")
    small = assets.purged(css, {"sd-card", "sd-card-body"})
    assert ".sd-card{" in small
    assert len(small) < len(css) / 5
