"""Would anybody notice if the protos did not keep the last release's promises?"""

from __future__ import annotations

import pytest

from devkit import baseline, evolution, protos
from devkit.alternatives_readers import fixtures
from devkit.evolution import Change
from devkit.toolchain import ToolchainError

TEXT = (protos.PROTO / evolution.FILE).read_text(encoding="utf-8")
CHANGES = {change.name: change for change in evolution.changes()}


def saved() -> str:
    return baseline.BASELINE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rename a field", 'changed name from "max_failed_indexes" to "max_lost_indexes"'),
        ("remove a field", "deleted"),
        ("int32 becomes string", 'changed type from "int32" to "string"'),
        ("rename a value of an enum", "DONE_WHEN_WORKER_ZERO"),
    ],
)
def test_the_gate_stops_a_break_and_says_where(name: str, said: str):
    found = baseline.breaches(
        evolution.compiled(evolution.edited(TEXT, CHANGES[name])), without_spark(saved())
    )
    assert found
    assert all(line.startswith("proto/larkspur/v1/job.proto:") for line in found)
    assert said in " ".join(found)


def without_spark(text: str) -> str:
    """Return a baseline of job.proto alone; the changes are compiled alone, too."""
    files = baseline.json_format.Parse(text, baseline.FileDescriptorSet())
    for file in list(files.file):
        if file.name != evolution.FILE:
            files.file.remove(file)
    return baseline.json_format.MessageToJson(files)


def test_the_gate_lets_a_new_field_pass():
    changed = evolution.compiled(evolution.edited(TEXT, CHANGES["add a field"]))
    assert baseline.breaches(changed, without_spark(saved())) == []


def test_the_gate_looks_at_the_style():
    badly = TEXT.replace("int32 parallelism = 2;", "int32 Parallelism = 2;").replace(
        "this.parallelism", "this.Parallelism"
    )
    found = baseline.breaches(evolution.compiled(badly), without_spark(saved()))
    assert any("FIELD_LOWER_SNAKE_CASE" in line for line in found)


def test_a_change_that_changes_nothing_is_an_error():
    with pytest.raises(ToolchainError, match=r"job\.proto has nothing like 'int128'"):
        evolution.edited(TEXT, Change("x", {}, [["int128", "int64"]]))


def test_the_accepted_fixtures_notice_a_rule_that_became_tighter():
    """Nothing else does: buf does not read rules."""
    change = CHANGES["tighten a rule"]
    files = evolution.compiled(evolution.edited(TEXT, change))
    answers = evolution.decoded({"x": (files, "Job", fixtures("accepted"))})["x"]
    assert [name for name, answer in answers.items() if "error" in answer] == ["the largest values"]


def test_an_sdk_writes_a_64_bit_number_as_a_text():
    files = evolution.compiled(evolution.edited(TEXT, CHANGES["int32 becomes int64"]))
    assert evolution.custom(files, "Job", {"ttlSecondsAfterFinished": 3600}) == {
        "ttlSecondsAfterFinished": "3600"
    }
