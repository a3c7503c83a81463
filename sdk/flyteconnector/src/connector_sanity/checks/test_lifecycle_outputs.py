"""L: does a task that failed, or left nothing, look like a success because its process ended with 0?"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flyteidl.core import errors_pb2, execution_pb2

from connector_sanity.begin import begin
from connector_sanity.cluster import Cluster
from connector_sanity.engine import Flyte, phase
from connector_sanity.operator import Operator
from connector_sanity.profile import TERMINAL, Profile
from connector_sanity.registry import check, needs
from connector_sanity.settings import Settings
from connector_sanity.target import Target

WORDS = "ValueError: no such colour as octarine"
LEFT = ("error.pb", "nothing", "outputs.pb")


@check(
    "L5",
    "K",
    "B",
    "the operator reports a success, and the task has left an error.pb, or no outputs.pb although it declares outputs",
    expects="FAILED or RETRYABLE_FAILED, with the text of error.pb; SUCCEEDED when outputs.pb is there",
    source="flyteorg/flyte issue 7987; pyflyte-execute (flytekit 1.16.31) and a0 (flyte 2.12.1) end with code 0 "
    "after an exception of the user's, and write error.pb (measured)",
    fix="look into the output prefix before you say SUCCEEDED, or make the task's process end with another code than 0",
)
@pytest.mark.parametrize("left", LEFT)
def test_what_a_task_has_left(
    stores: list[Flyte], cluster: Cluster, operator: Operator, profile: Profile, left: str
) -> None:
    for flyte in stores:
        request = flyte.request()
        needs(
            left == "error.pb" or request.template.interface.outputs.variables,
            "profile's template declares no outputs",
        )
        folder = Path(urlsplit(request.output_prefix).path)
        folder.mkdir(parents=True)
        if left == "error.pb":
            (folder / left).write_bytes(report())
        if left == "outputs.pb":
            (folder / left).touch()
        task, it = begin(flyte, cluster, request)
        operator.play(it, "succeeded")
        told = flyte.wait(task, TERMINAL, 5)
        if left == "outputs.pb":
            assert phase(told) == "SUCCEEDED", (
                f"outputs.pb is there, and GetTask says {phase(told)} {told.message!r}"
            )
            continue
        assert phase(told) in ("FAILED", "RETRYABLE_FAILED"), (
            f"the task has left {left}, and GetTask says {phase(told)}"
        )
        assert told.message, f"the task has left {left}, and GetTask says {phase(told)} without a word"
        wanted = WORDS if left == "error.pb" else ""
        assert wanted in told.message, f"the message is {told.message!r}; error.pb says {WORDS!r}"


def report() -> bytes:
    """Return an error.pb as flytekit writes it."""
    kind = errors_pb2.ContainerError.NON_RECOVERABLE
    text = f"Traceback (most recent call last):\n{WORDS}"
    error = errors_pb2.ContainerError(
        code="USER", message=text, kind=kind, origin=execution_pb2.ExecutionError.USER
    )
    return errors_pb2.ErrorDocument(error=error).SerializeToString()


@pytest.fixture(scope="module")
def stores(
    settings: Settings, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Flyte]]:
    """Engines of all Flytes, whose output prefixes are folders, at a connector that looks into them."""
    outputs = settings.profile.outputs
    needs(outputs, "profile has no `outputs`: the connector does not look at what a task has left")
    assert outputs is not None
    needs(settings.starts, "the connector runs already: it may not see the kit's folders")
    folder = tmp_path_factory.mktemp("store")
    with Target(settings, folder, tuple(outputs.more)) as target, contextlib.ExitStack() as stack:
        engines = [stack.enter_context(target.flyte(number)) for number in settings.profile.dialects]
        for flyte in engines:
            flyte.root = outputs.root.replace("{folder}", str(folder))
        yield engines
