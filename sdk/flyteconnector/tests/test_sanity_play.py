"""Does `Play` say what Flyte is told in each state, and see where that is something else than the profile says?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sanity_fake import Fake
from test_sanity_wire import PROFILE, Cluster

from connector_sanity import play
from connector_sanity.dialect import DIALECTS
from connector_sanity.engine import Flyte
from connector_sanity.play import Play
from connector_sanity.profile import ProfileError, State

STATES = {
    "submitted": State(status={}, phase=["QUEUED", "RUNNING"]),
    "running": State(status={"state": "works"}, phase=["RUNNING"]),
    "succeeded": State(status={"state": "done"}, phase=["SUCCEEDED"]),
    "failed": State(status={"state": "broken", "why": "no memory left"}, phase=["FAILED"], says="memory"),
}


class Playing(Cluster):
    """A cluster whose resources get the status that is played."""

    def patch(self, it: Any, change: Any, subresource: str = "") -> Any:
        return self._fake.resources[it["metadata"]["name"]].update(change)


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(play, "SETTLED", 0.06)
    monkeypatch.setattr(play, "PATIENCE", 0.3)


@pytest.fixture(params=[1, 2])
def stage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return a function that plays on a connector, and returns the states that are wrong, and all that was said."""
    open_: list[Any] = []
    monkeypatch.setattr("connector_sanity.operator.filled", lambda value, it, number=0: value)

    def perform(breaks: str = "", only: tuple[str, ...] = (), **more: State) -> tuple[list[str], str]:
        fake, said = Fake(breaks), list[str]()
        profile = PROFILE.model_copy(update={"states": STATES | more})
        flyte = Flyte(DIALECTS[request.param], fake.address, profile, "unit", profile.namespace)
        open_.extend([fake.stop, flyte.close])
        wrong = Play(flyte, Playing(fake), profile, said.append).all(only)
        return wrong, "\n".join(said)

    yield perform
    for close in reversed(open_):
        close()


def test_a_plugin_that_says_what_the_profile_says(stage: Any) -> None:
    wrong, said = stage()
    assert wrong == []
    assert "Flyte      FAILED: no memory left\n  right      the profile says FAILED, with 'memory'" in said
    assert "status     none yet" in said
    assert "WRONG" not in said
    assert "DeleteTask OK" in said
    assert "is gone" in said


@pytest.mark.parametrize(
    "state",
    [State(status={"state": "done"}, phase=["RUNNING"]), State(status={}, phase=["RUNNING"], says="disk")],
)
def test_another_phase_and_other_words_are_wrong(stage: Any, state: State) -> None:
    wrong, said = stage(finishing=state)
    assert wrong == ["finishing"]
    assert "WRONG      the profile says RUNNING" in said


def test_some_states_and_the_abort(stage: Any) -> None:
    wrong, said = stage("D1", only=("running",))
    assert wrong == ["abort"]
    assert "succeeded" not in said
    assert "is still there" in said


def test_a_state_that_the_profile_does_not_have(stage: Any) -> None:
    with pytest.raises(ProfileError, match="no state flying; it has submitted, running"):
        stage(only=("flying",))


def test_a_template_that_is_refused(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sanity_fake.wrong", lambda breaks, request: "custom.workers is too many")
    with pytest.raises(ProfileError, match=r"0 resources.*FAILED 'custom.workers is too many'"):
        stage()
