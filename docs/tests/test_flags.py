"""Are the connector's flags read as its --help prints them, and none lost?"""

from __future__ import annotations

import flags
import pytest
from flags import Flag, Group

HELP = """\
Serving Flyte:
  --deadline time
        longest time for one call;
        keep it below Flyte's own (default 8s)

The cluster:
  --events
        say why no pod starts
"""


def test_a_help_text_is_read():
    text = "longest time for one call; keep it below Flyte's own (default 8s)"
    assert flags.parse(HELP) == [
        Group(
            "Serving Flyte",
            [Flag("deadline", "time", text)],
        ),
        Group("The cluster", [Flag("events", "", "say why no pod starts")]),
    ]


@pytest.mark.parametrize("text", ["", "connector: no such file\n", HELP + "  -old flag\n", "Serving:\n"])
def test_a_text_that_cannot_be_read_is_an_error(text: str):
    with pytest.raises(ValueError, match=r"no flag in|neither a heading nor a flag"):
        flags.parse(text)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("{{.Pod}} and *_b_*", r"\{\{.Pod\}\} and \*\_b\_\*"),
        ("needs --tls-key. Not --tls", r"needs {option}`--tls-key`. Not \-\-tls"),
        ("(`insecure: false`) trusts", r"\(`insecure: false`\) trusts"),
        ("free one (default :8_0)", "free one (default `:8_0`)"),
    ],
    ids=["no markup", "a link to a flag that is there", "code", "a default"],
)
def test_a_text_is_shown_as_it_is(text: str, written: str):
    assert flags.written(Flag("tls-cert", "file", text), {"--tls-cert", "--tls-key"})[2] == written
