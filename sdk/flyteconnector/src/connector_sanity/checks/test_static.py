"""E: does a later version understand what an earlier one has left? Tasks run for days, and upgrades do not wait."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from typing import Any

import grpc
import pytest

from connector_sanity.cluster import Cluster, until
from connector_sanity.engine import Flyte, Task, code, phase
from connector_sanity.golden import GoldenMeta, GoldenName
from connector_sanity.plugin import each_flyte
from connector_sanity.refusal import answered
from connector_sanity.registry import check, needs
from connector_sanity.settings import Settings
from connector_sanity.target import Target

E1 = {
    "id": "E1",
    "severity": "B",
    "title": "GetTask and DeleteTask with the resource_meta of every released version; the keys of today's",
    "expects": "answers, no errors: FAILED with the old words, or a lost resource; today's has every old key",
    "source": "flyte 2.12.1, measured: JSON of a Python dataclass breaks both ways: an upgrade loses running tasks",
    "fix": "give resource_meta a version, ignore keys that you do not know, and never rename or drop one",
}
E2 = {
    "id": "E2",
    "severity": "B",
    "title": "the names that released versions gave to resources",
    "expects": "the same names for the same tasks, for ever",
    "source": "Flyte 1.16.8 and 2 create a task again after a crash; if its name has changed, it runs twice",
    "fix": "keep how names are made, and its test with golden vectors",
}
E3 = {
    "id": "E3",
    "severity": "M",
    "title": "the connector's messages against the released ones; fields and values of a later Flyte",
    "expects": "nothing that breaks tasks which are registered; what is not known is ignored",
    "source": "flyte PR #6486: a number of a field that had changed was found by hand; buf breaking, WIRE_JSON",
    "fix": "add fields with new numbers and names, and never change or reuse one",
}
LATER = b"\xfa\xff\x01\x05later"
"""Field 4095 of a message, five bytes: no Flyte of today has it."""


@check(level="S", **E1)
def test_the_metas_of_released_versions(settings: Settings, request: pytest.FixtureRequest) -> None:
    metas = settings.profile.golden.metas
    needs(metas, "the profile has no golden.metas")
    target = asked(settings, request)
    for number in settings.profile.dialects:
        with target.flyte(number) as flyte:
            for golden in metas:
                understood(flyte, golden)


def understood(flyte: Flyte, golden: GoldenMeta) -> None:
    """Raise AssertionError unless both calls understand what a released version has written."""
    raw, what = stored(golden, flyte.namespace), f"{flyte}, resource_meta of {golden.release}: {golden.meta}"
    told = answered(flyte.get, raw, what=what)
    wanted = ("FAILED",) if golden.says == "refusal" else ("RETRYABLE_FAILED", "FAILED", "ABORTED")
    assert told is not None, f"{what}: GetTask refuses it; {' or '.join(wanted)} would be right"
    assert phase(told) in wanted, f"{what}: GetTask says {phase(told)}; {' or '.join(wanted)} would be right"
    assert golden.words in told.message, f"{what}: {told.message!r} lacks {golden.words!r}"
    try:
        flyte.delete(raw)
    except grpc.RpcError as error:
        raise AssertionError(f"{what}: DeleteTask refuses it: {code(error)}; OK would be right") from None


@check(level="S", **E1)
def test_todays_meta_has_the_old_keys(settings: Settings, request: pytest.FixtureRequest) -> None:
    metas = [each for each in settings.profile.golden.metas if each.says == "resource"]
    needs(metas, "the profile has no golden.metas of resources")
    with asked(settings, request, "K").flyte(settings.profile.dialects[0]) as flyte:
        now = keys(flyte.create().meta)
    needs(now, "resource_meta is no JSON object: which parts it has is for the connector's own tests")
    for golden in metas:
        was = keys(stored(golden, settings.profile.namespace))
        assert was.items() <= now.items(), (
            f"resource_meta of {golden.release} has {was}, and today's {now}: after a rollback, it could not be read"
        )


def asked(settings: Settings, request: pytest.FixtureRequest, level: str = "W") -> Target:
    """Return the connector, or leave the check out where there is none, or, with level K, no cluster."""
    needs(level in settings.able(), f"it asks a connector, and the checks of level {level} are left out")
    target: Target = request.getfixturevalue("target")
    return target


def stored(golden: GoldenMeta, namespace: str) -> bytes:
    """Return the bytes that Flyte has kept."""
    if golden.base64:
        return base64.b64decode(golden.meta)
    return golden.meta.replace("{namespace}", namespace).encode()


def keys(raw: bytes) -> dict[str, str]:
    """Return the keys of a JSON object with the types of their values; none when it is something else."""
    try:
        content: Any = json.loads(raw)
    except ValueError:
        return {}
    return {key: type(value).__name__ for key, value in content.items()} if isinstance(content, dict) else {}


@check(level="S", **E2)
def test_the_names_of_released_versions(settings: Settings, request: pytest.FixtureRequest) -> None:
    names = settings.profile.golden.names
    needs(names, "the profile has no golden.names")
    target, cluster = asked(settings, request, "K"), request.getfixturevalue("cluster")
    with target.flyte(settings.profile.dialects[0]) as flyte:
        for golden in names:
            named_so(flyte, cluster, golden)


def named_so(flyte: Flyte, cluster: Cluster, golden: GoldenName) -> None:
    """Raise AssertionError unless a task becomes the resource that it once became."""
    until(lambda: cluster.find(golden.name) is None, f"{golden.name}, of an earlier run, is gone")
    before, request = cluster.uids(), flyte.request()
    request.template.id.name, request.output_prefix = golden.task, golden.prefix
    task: Task = flyte.create(request)
    made = [each["metadata"]["name"] for each in cluster.since(before)]
    flyte.delete(task)
    became = ", ".join(made) or "nothing"
    assert made == [golden.name], (
        f"task {golden.task} at {golden.prefix} was {golden.name} in {golden.release}, and is {became}"
    )


@check(level="S", **E3)
def test_the_messages(settings: Settings) -> None:
    messages = settings.profile.golden.messages
    needs(messages, "the profile has no golden.messages")
    assert messages is not None
    buf = shutil.which("buf")
    assert buf, "buf is not on PATH: it compares the messages with the released ones (PyPI has it as buf-bin)"
    config = json.dumps({"version": "v2", "breaking": {"use": [messages.category]}})
    now, old = (str(settings.folder / path) for path in (messages.now, messages.baseline))
    command = [buf, "breaking", now, "--against", old, "--config", config, "--exclude-imports"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


@check(level="W", **E3)
@each_flyte
def test_what_only_a_later_flyte_has(flyte: Flyte) -> None:
    request = flyte.request()
    for message in (request, request.template, request.template.id, request.task_execution_metadata):
        message.MergeFromString(LATER)
    request.template.metadata.runtime.type = 77
    task = flyte.create(request)
    told = phase(flyte.get(task))
    assert told not in ("FAILED", "UNDEFINED"), f"a field that only a later Flyte has makes a task {told}"
    about = flyte.dialect.messages
    for method, made in (("GetTask", about.GetTaskRequest), ("DeleteTask", about.DeleteTaskRequest)):
        later = made(resource_meta=task.meta, task_category=flyte.category())
        later.MergeFromString(LATER)
        what = f"{method} with a field that only a later Flyte has"
        assert answered(getattr(flyte.stub, method), later, timeout=10, what=what) is not None, (
            f"{what} is refused"
        )
