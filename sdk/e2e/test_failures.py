"""What does a user see when a task fails, and is its Job gone afterwards?"""

from __future__ import annotations

import cases
import pytest

import flyteconnector
from flyteconnector.flyte1 import RemoteTaskError, RemoteUserError


@pytest.fixture
def job(nothing_left):
    """A listener's list with the name of the Job that ran; checks at the end that nothing of it is left."""
    names: list[str] = []
    stop = flyteconnector.listen(lambda event: names.append(event.resource_name))
    yield names
    stop()
    assert len(set(names)) == 1, f"one attempt was expected, not {sorted(set(names))}"
    nothing_left(names[0])


def test_the_users_exception_comes_back_with_its_traceback(connector, job):
    with pytest.raises(RemoteUserError, match="ZeroDivisionError: division by zero") as caught:
        cases.divide(a=1, b=0)
    assert "return a / b" in caught.value.remote_traceback
    assert "cases.py" in caught.value.remote_traceback


def test_a_worker_that_needs_too_much_memory_is_named(connector, job):
    with pytest.raises(RemoteTaskError, match=r"RETRYABLE_FAILED: worker 0: OOMKilled, exit code 137"):
        cases.hoard(mebibytes=600)


def test_an_image_that_nobody_knows_is_named(connector, job):
    with pytest.raises(
        RemoteTaskError, match=r"worker 0: ImagePullBackOff: .*registry\.example\.com/nobody/nothing:1"
    ):
        cases.without_image()
