"""Does a local run work with an object store, which a container elsewhere can read, in place of a folder?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flyte
import pytest
import squares2
from fake_store import FakeStore
from flyteidl2.core.execution_pb2 import TaskExecution


@pytest.fixture
def store(real2, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeStore]:
    """A store that this process and the containers use."""
    monkeypatch.chdir(tmp_path)  # the SDK makes a folder s3: here
    with FakeStore() as store:
        real2.runner.env |= store.settings
        for name, value in store.settings.items():
            monkeypatch.setenv(name, value)
        yield store


@pytest.fixture
def run(run2: Callable[..., Any]) -> Callable[..., Any]:
    return lambda task, **inputs: run2(task, "s3://bucket/raw", **inputs)


def test_values_come_back(run, store):
    assert run(squares2.square, n=3) == 9
    assert {name.rsplit("/", 1)[1] for name in store.objects} == {"inputs.pb", "outputs.pb"}


def refusing(store, phase):
    """Return what makes the store refuse to be read once the connector has answered with this phase."""

    def refuse(resource):
        if resource.phase == phase:
            store.refused |= dict.fromkeys(store.objects, 403)

    return refuse


def test_the_users_exception_comes_back(run, store):
    with pytest.raises(flyte.errors.RuntimeUserError, match="negative -1") as caught:
        run(squares2.square, n=-1)
    assert caught.value.code == "ValueError"


def test_a_store_that_refuses_to_say_is_no_absence(run, store, real2):
    real2.change_answer = refusing(store, TaskExecution.SUCCEEDED)
    with pytest.raises(flyte.errors.RuntimeUserError, match=r"outputs\.pb.*403") as caught:
        run(squares2.square, n=3)
    assert caught.value.code == "PermissionDeniedError"


def test_where_the_error_cannot_be_read_the_connectors_words_have_to_do(run, store, real2):
    real2.change_answer = refusing(store, TaskExecution.RETRYABLE_FAILED)
    with pytest.raises(
        flyte.errors.RuntimeUserError, match="worker 0: Error, exit code 1\nValueError: negative -1"
    ):
        run(squares2.square, n=-1)
