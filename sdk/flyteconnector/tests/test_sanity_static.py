"""Does the kit see it when a later version does not understand what an earlier one has left?"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from sanity_fake import Fake
from sanity_fake_services import TYPE, Refused
from sanity_profiles import profile

from connector_sanity.checks import test_static as checks
from connector_sanity.dialect import DIALECTS
from connector_sanity.engine import Flyte
from connector_sanity.golden import GoldenMeta, GoldenName
from connector_sanity.profile import Profile

SIMPLE = Profile(
    name="fake", task_type=TYPE, template={"container": {"image": "none:1"}, "custom": {"workers": 1}}
)
RESOURCE = GoldenMeta(
    release="1", meta='{"n": "gone", "u": "1", "ns": "{namespace}"}', says="resource", words="gone"
)
REFUSAL = GoldenMeta(release="1", meta='{"e": "no workers"}', says="refusal", words="no workers")


@pytest.fixture
def fake() -> Iterator[Fake]:
    made = Fake()
    yield made
    made.stop()


@pytest.fixture
def flyte(fake: Fake) -> Iterator[Flyte]:
    made = Flyte(DIALECTS[1], fake.address, SIMPLE, "unit", "tasks")
    yield made
    made.close()


def test_what_is_understood(flyte: Flyte) -> None:
    for golden in (RESOURCE, REFUSAL):
        checks.understood(flyte, golden)


@pytest.mark.parametrize(
    ("golden", "says"),
    [
        (RESOURCE.model_copy(update={"meta": '{"name": "gone"}'}), "GetTask refuses it"),
        (
            RESOURCE.model_copy(update={"says": "refusal"}),
            "GetTask says RETRYABLE_FAILED; FAILED would be right",
        ),
        (REFUSAL.model_copy(update={"words": "three"}), "lacks 'three'"),
    ],
)
def test_what_is_not(flyte: Flyte, golden: GoldenMeta, says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        checks.understood(flyte, golden)


def test_a_delete_that_refuses(flyte: Flyte, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(raw: bytes) -> None:
        raise Refused(checks.grpc.StatusCode.NOT_FOUND, "gone")

    monkeypatch.setattr(fake, "delete", refuse)
    with pytest.raises(AssertionError, match="DeleteTask refuses it: NOT_FOUND"):
        checks.understood(flyte, RESOURCE)


def test_what_is_stored_and_its_keys() -> None:
    raw = RESOURCE.model_copy(update={"meta": base64.b64encode(b"\x00{namespace}").decode(), "base64": True})
    assert checks.stored(raw, "tasks") == b"\x00{namespace}"
    assert checks.keys(checks.stored(RESOURCE, "tasks")) == {"n": "str", "u": "str", "ns": "str"}
    assert (checks.keys(b"\x00"), checks.keys(b"[1]")) == ({}, {})


class Cluster:
    """Has resources by their names."""

    def __init__(self, fake: Fake) -> None:
        self._fake = fake

    def find(self, name: str) -> Any:
        return self._fake.resources.get(name)

    def uids(self) -> set[str]:
        return set()

    def since(self, before: set[str]) -> list[Any]:
        return list(self._fake.resources.copy().values())


def test_a_name_that_changes(flyte: Flyte, fake: Fake) -> None:
    golden = GoldenName(release="1", task="a.b", prefix="s3://b/a/0", name="old")
    cluster: Any = Cluster(fake)
    with pytest.raises(
        AssertionError, match=r"task a.b at s3://b/a/0 was old in 1, and is (t-[0-9a-f]{16})"
    ) as caught:
        checks.named_so(flyte, cluster, golden)
    now = str(caught.value).splitlines()[0].split()[-1]
    checks.named_so(flyte, cluster, golden.model_copy(update={"name": now}))


def messages(folder: Path, number: int) -> str:
    """Write a message with one field, and return its file."""
    files = FileDescriptorSet()
    file = files.file.add(name="a/v1/a.proto", package="a.v1", syntax="proto3")
    file.message_type.add(name="A").field.add(name="size", number=number, type=5, label=1, json_name="size")
    path = folder / f"{number}.binpb"
    path.write_bytes(files.SerializeToString())
    return path.name


@pytest.mark.parametrize(("now", "fine"), [(1, True), (2, False)])
def test_messages_that_change(tmp_path: Path, now: int, fine: bool) -> None:
    part = {"now": messages(tmp_path, now), "baseline": messages(tmp_path, 1)}
    settings: Any = SimpleNamespace(profile=profile(golden={"messages": part}), folder=tmp_path)
    if fine:
        checks.test_the_messages(settings)
        return
    with pytest.raises(AssertionError, match="buf breaking"):
        checks.test_the_messages(settings)


def test_buf_is_no_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    part = {"now": "a", "baseline": "b"}
    settings: Any = SimpleNamespace(profile=profile(golden={"messages": part}), folder=tmp_path)
    with pytest.raises(AssertionError, match="buf is not on PATH"):
        checks.test_the_messages(settings)


def test_what_a_later_flyte_sends(flyte: Flyte, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    checks.test_what_only_a_later_flyte_has(flyte)
    good = fake.create

    def strict(request: Any, *more: Any) -> bytes:
        if request.template.metadata.runtime.type == 77:
            return b'{"e": "runtime 77 is unknown"}'
        return good(request, *more)

    monkeypatch.setattr(fake, "create", strict)
    with pytest.raises(AssertionError, match="makes a task FAILED"):
        checks.test_what_only_a_later_flyte_has(flyte)
