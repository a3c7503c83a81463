"""Are the requests of M7 the same each time, and does it see a connector that keeps them?"""

from __future__ import annotations

import os
import subprocess
import sys
from random import Random
from types import SimpleNamespace

import pytest
from test_sanity_wire import PROFILE

from connector_sanity import deep
from connector_sanity.checks import test_malformed_random as m7
from connector_sanity.dialect import DIALECTS
from connector_sanity.engine import Flyte
from connector_sanity.memory import resident
from connector_sanity.mutate import mutated


@pytest.fixture(params=[1, 2])
def flyte(request: pytest.FixtureRequest) -> Flyte:
    return Flyte(DIALECTS[request.param], "127.0.0.1:1", PROFILE, "unit", "default")


def test_a_seed_always_gives_the_same_requests(flyte: Flyte) -> None:
    valid = flyte.request(case="x")
    once = [mutated(Random(7), valid).SerializeToString(deterministic=True) for _ in range(2)]
    assert once[0] == once[1]
    many, random = set(), Random(7)
    for _ in range(300):
        made = mutated(random, valid)
        assert type(made).FromString(made.SerializeToString()) is not None
        many.add(made.SerializeToString(deterministic=True))
    assert len(many) > 200, "hardly two of them are alike"
    assert valid == flyte.request(case="x"), "the valid one has changed"


def test_a_request_that_is_written_byte_by_byte_is_read_as_the_other(flyte: Flyte) -> None:
    valid = flyte.request(case="x")
    valid.template.ClearField("custom")
    raw = deep.request(valid, 3)
    valid.template.custom.update({"k": {"k": {"k": {}}}})
    assert type(valid).FromString(raw) == valid
    assert len(deep.request(valid, 1000)) > 7000


def test_memory_is_that_of_the_process() -> None:
    mine = resident(os.getpid())
    assert mine is not None
    assert mine > 1 << 20
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert resident(ended.pid) is None


@pytest.mark.parametrize(("after", "fine"), [(100 << 20, True), (300 << 20, False), (None, False)])
def test_a_process_that_grows_or_ends_fails(
    after: int | None, fine: bool, flyte: Flyte, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = iter([100 << 20, after])
    monkeypatch.setattr(m7, "resident", lambda pid: next(seen))
    monkeypatch.setattr(m7, "storm", lambda flyte, count: None)
    target = SimpleNamespace(launched=SimpleNamespace(pid=1))
    if fine:
        m7.steady(flyte, target, 1)
    else:
        with pytest.raises(AssertionError, match=r"has grown from 100 to 300 MiB|has ended"):
            m7.steady(flyte, target, 1)
