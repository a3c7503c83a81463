"""Are the connector's flags read as its --help prints them, and none lost?"""

from __future__ import annotations

import flags
import pytest
from flags import Flag

HELP = """\
Usage of connector:
  -deadline time
    \tlongest time for one call;
    \tkeep it below Flyte's own timeout (default 8s)
  -events
    \tsay why no pod starts
  -n int
    \thow many
  -v\tsay more
"""


def test_a_help_text_is_read():
    assert flags.parse(HELP) == [
        Flag("deadline", "time", "longest time for one call; keep it below Flyte's own timeout (default 8s)"),
        Flag("events", "", "say why no pod starts"),
        Flag("n", "int", "how many"),
        Flag("v", "", "say more"),
    ]


def test_a_program_without_flags_is_an_error():
    with pytest.raises(ValueError, match="no flag in 'connector: no such file'"):
        flags.parse("connector: no such file")


def test_what_no_group_names_comes_last():
    groups = flags.grouped(flags.parse(HELP), ["Calls: --deadline", "Pods: --n --events"])
    assert [(title, [flag.name for flag in found]) for title, found in groups] == [
        ("Calls", ["deadline"]),
        ("Pods", ["n", "events"]),
        (flags.REST, ["v"]),
    ]


@pytest.mark.parametrize(
    "line", ["Calls: --dead-line", "Calls: --deadline --deadline"], ids=["gone", "twice"]
)
def test_a_group_with_a_flag_that_is_not_there_is_an_error(line: str):
    with pytest.raises(ValueError, match=r"'Calls' names --dead-?line"):
        flags.grouped(flags.parse(HELP), [line, "More: --deadline"] if "dead-" in line else [line])


def test_a_text_is_no_markup():
    written = flags.written(Flag("log-url", "address", '{{.Pod}} and *_b_* (default ":8_0*")'))
    assert written[0] == ":::{option} --log-url <address>"
    assert written[2] == r"\{\{.Pod\}\} and \*\_b\_\* \(default `:8_0*`\)"
