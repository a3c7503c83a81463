"""Are forged resource_metas really forged, and is a secret found wherever it may be?"""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from sanity_fake import Fake
from sanity_fake_services import TYPE

from connector_sanity.checks import test_clock, test_security, test_security_secrets
from connector_sanity.dialect import DIALECTS
from connector_sanity.engine import Flyte
from connector_sanity.profile import Profile
from connector_sanity.refusal import never

SIMPLE = Profile(
    name="fake", task_type=TYPE, template={"container": {"image": "none:1"}, "custom": {"workers": 1}}
)


def test_two_json_objects_are_mixed_by_their_keys() -> None:
    mine, theirs = {"v": 1, "n": "a", "u": "1", "p": "x"}, {"v": 1, "n": "b", "u": "2", "p": "y"}
    found = [
        json.loads(raw)
        for raw in test_security.mixtures(*(json.dumps(each).encode() for each in (mine, theirs)))
    ]
    assert len(found) == 6
    assert mine not in found
    assert theirs not in found
    assert {"v": 1, "n": "b", "u": "1", "p": "x"} in found


def test_other_bytes_are_mixed_by_halves_and_one_by_one() -> None:
    found = test_security.mixtures(b"\x00aa", b"\x00bb")
    assert set(found) == {b"\x00ba", b"\x00ab"}
    assert test_security.mixtures(b"aa", b"bbbb") == [b"abbb", b"ba"]


@pytest.mark.parametrize("number", [1, 2])
def test_a_forged_meta_that_reaches_something(number: int) -> None:
    fake = Fake()
    flyte = Flyte(DIALECTS[number], fake.address, SIMPLE, "unit", "tasks")
    try:
        test_security.reaches_nothing(flyte, b'{"n": "nobody", "u": "1"}')
        test_security.reaches_nothing(flyte, b"garbage")
        with pytest.raises(AssertionError, match="says RUNNING: that is how another task is"):
            test_security.reaches_nothing(flyte, flyte.create().meta)
        signed = SIMPLE.model_copy(update={"limits": SIMPLE.limits.model_copy(update={"signed": True})})
        flyte.profile = signed
        with pytest.raises(AssertionError, match="has no good signature, and is taken"):
            test_security.reaches_nothing(flyte, b'{"n": "nobody", "u": "1"}')
    finally:
        flyte.close()
        fake.stop()


def canary(**more: Any) -> Any:
    """Return a cluster with one resource as it is now."""
    about = {"name": "n", "resourceVersion": "1"} | more
    return SimpleNamespace(find=lambda _: {"metadata": about} if more != {"gone": True} else None)


@pytest.mark.parametrize(
    ("now", "says"),
    [
        ({"gone": True}, "is deleted: it was another task's"),
        ({"deletionTimestamp": "now"}, "is deleted: it was another task's"),
        ({"resourceVersion": "2"}, "was changed"),
    ],
)
def test_a_canary_that_was_touched(now: dict[str, Any], says: str) -> None:
    flyte: Any = SimpleNamespace()
    before = {"metadata": {"name": "n", "resourceVersion": "1"}}
    with (
        pytest.raises(AssertionError, match=says),
        test_security.untouched(flyte, canary(**now), None, before),
    ):  # type: ignore[arg-type]
        pass


def test_a_secret_is_in_every_request_and_found_in_a_line() -> None:
    flyte = Flyte(DIALECTS[2], "127.0.0.1:1", SIMPLE, "unit", "tasks")
    spy = test_security_secrets.Spy(flyte)
    request = spy.connected()
    flyte.close()
    for part in (request.template, request.task_execution_metadata):
        assert spy.needed in str(part)
    for part in (request.inputs, request.connection):
        assert spy.private in str(part)
    test_security_secrets.nowhere(spy, {"the log": "all\nis well"})
    with pytest.raises(AssertionError, match="a user's secret is in the log: token="):
        test_security_secrets.nowhere(spy, {"the log": f"all\ntoken={spy.private}"})


def test_a_spy_keeps_what_is_said() -> None:
    fake = Fake()
    flyte = Flyte(DIALECTS[1], fake.address, SIMPLE, "unit", "tasks")
    spy = test_security_secrets.Spy(flyte)
    for change in test_security_secrets.wrong(spy):
        request = spy.request()
        change(request)
        spy.whole_life(request)
    flyte.close()
    fake.stop()
    said = "\n".join(spy.said)
    assert all(
        word in said
        for word in ("no task type", "output_prefix is missing", "does not know connector_sanity")
    )


def test_times_and_nothing_else_are_moved() -> None:
    status = {"at": "2026-01-01T00:30:00Z", "list": [{"to": "2026-01-01T00:30:00Z"}], "n": 1, "word": "2026"}
    moved = test_clock.shifted(status, -1)
    assert moved == {
        "at": "2025-12-31T23:30:00Z",
        "list": [{"to": "2025-12-31T23:30:00Z"}],
        "n": 1,
        "word": "2026",
    }


class Answers:
    """An engine whose connector answers as a test says."""

    def __init__(self, phase: int, message: str) -> None:
        self._told = DIALECTS[1].messages.Resource(phase=phase, message=message)
        self.made, self.profile = list[Any](), SIMPLE

    def create(self, request: Any) -> Any:
        self.made.append(SimpleNamespace(meta=b""))
        return self.made[-1]

    def get(self, task: Any, task_type: str | None = None) -> Any:
        return self._told


@pytest.mark.parametrize(
    ("phase", "message", "says"),
    [
        (2, "", "GetTask says RUNNING"),
        (5, " ", "refused without a word"),
        (5, "no", "'quota' would tell why"),
    ],
)
def test_a_refusal_that_helps_nobody(phase: int, message: str, says: str) -> None:
    engine: Any = Answers(phase, message)
    request = DIALECTS[1].messages.CreateTaskRequest()
    with pytest.raises(AssertionError, match=says):
        never(engine, request, "a task", "quota")
    good: Any = Answers(5, "exceeded Quota: q")
    assert never(good, request, "a task", "quota") == "exceeded Quota: q"
    good.profile = SIMPLE.model_copy(update={"refusals": "status"})
    with pytest.raises(AssertionError, match="refused by a GetTask that says FAILED, and the profile says"):
        never(good, request, "a task", "quota")
