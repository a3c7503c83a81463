"""L: does a user see links in time, and words that fit and stay?"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from connector_sanity.begin import begin
from connector_sanity.cluster import Cluster
from connector_sanity.engine import POLL, Flyte, Task, phase
from connector_sanity.operator import Operator
from connector_sanity.plugin import each_flyte
from connector_sanity.profile import Profile
from connector_sanity.registry import check, needs
from connector_sanity.target import Target

MESSAGE, INFO = 4 << 10, 16 << 10
"""The most bytes of a message, and of a custom_info: both go into every event, and into the FlyteWorkflow resource."""
POLLS = 100
HEARD = 0.3
"""Seconds in which a connector hears of a change; it may hear of pods and of resources in any order."""
Said = tuple[str, str, bytes]
"""A phase, a message and a custom_info."""
LONG = "é" * 2048
"""4096 bytes, as much as Kubernetes lets a container say at its end; to cut it anywhere would be to break a letter."""


@check(
    "L6",
    "K",
    "M",
    "the first RUNNING answer, and five later ones",
    expects="all log links are there at once, absolute http(s) addresses, finished, and the same ones later",
    source="Flyte 1.16.8, flytepropeller/pkg/controller/nodes/task/handler.go: an event goes out when phase or version "
    "change, and a connector's version never does; flyteorg/flyte issues 4851, 5188, 7554",
    fix="build the links from what is known when the task starts to run, and give all of them with the first RUNNING",
)
@each_flyte
def test_links(flyte: Flyte, cluster: Cluster, operator: Operator, profile: Profile) -> None:
    task, it = begin(flyte, cluster)
    if pod := profile.states["running"].pod:
        operator.pod(it, pod)
        time.sleep(HEARD)
    operator.play(it, "running")
    first = flyte.wait(task, ["RUNNING"])
    links = [(link.name, link.uri) for link in first.log_links]
    needs(
        links or profile.links, "a running task has no links, and profile has no `links` that it should have"
    )
    for wanted in profile.links:
        assert any(wanted in text for link in links for text in link), (
            f"{wanted!r} is in none of the links {links}"
        )
    for name, uri in links:
        assert name, f"the link {uri} has no name"
        sound(uri)
    for _ in range(5):
        time.sleep(POLL)
        later = [(link.name, link.uri) for link in flyte.get(task).log_links]
        assert later == links, f"later polls have the links {later}; with the first RUNNING were {links}"


def sound(uri: str) -> None:
    """Raise AssertionError unless a browser can open this."""
    parts = urlsplit(uri)
    assert parts.scheme in ("http", "https"), f"link {uri!r}: http or https would be right"
    assert parts.hostname, f"link {uri!r} has no host: it is relative to Flyte's console"
    assert parts.username is None, f"link {uri!r} has credentials, and everybody can read it"
    assert "{{" not in uri, f"link {uri!r} is a template that was not filled in"
    assert not any(letter.isspace() for letter in uri), f"link {uri!r} has white space"


WORDS = check(
    "L7",
    "K",
    "M",
    "a hundred polls while nothing changes, and a task whose last words are as long as Kubernetes allows",
    expects="message and custom_info stay as they are, byte for byte; at most 4 KiB and 16 KiB; no NaN in it",
    source="each change is an event and a write of the FlyteWorkflow resource, whose size is limited; flyteorg/flyte "
    "issue 5945; custom_info is stored as JSON, which has no NaN",
    fix="say nothing that changes by itself, such as a duration; cut long texts between two letters",
)


@WORDS
def test_a_hundred_polls(target: Target, cluster: Cluster, operator: Operator, profile: Profile) -> None:
    with contextlib.ExitStack() as stack:
        engines = [stack.enter_context(target.flyte(number)) for number in profile.dialects]
        tasks = [started for flyte in engines for started in states(flyte, cluster, operator, profile)]
        first = settled(tasks)
        for number in range(POLLS):
            for (flyte, task, state), before in zip(tasks, first, strict=True):
                now = said(flyte, task)
                assert now == before, (
                    f"{state}, poll {number}: {now} came after {before}, and nothing has changed"
                )
            time.sleep(0.011)  # so that a clock goes on by more than a second


def settled(tasks: list[tuple[Flyte, Task, str]]) -> list[Said]:
    """Return what is said about tasks once a connector has heard of all that was played: when it stays for a while."""
    end, before = time.monotonic() + 3, [said(flyte, task) for flyte, task, _ in tasks]
    while True:
        time.sleep(HEARD)
        now = [said(flyte, task) for flyte, task, _ in tasks]
        if now == before or time.monotonic() > end:
            return now
        before = now


def states(
    flyte: Flyte, cluster: Cluster, operator: Operator, profile: Profile
) -> Iterator[tuple[Flyte, Task, str]]:
    """Yield a task in each of three states."""
    for state in ("submitted", "running", "failed"):
        task, it = begin(flyte, cluster)
        operator.play(it, state)
        flyte.wait(task, profile.states[state].phase)
        yield flyte, task, state


def said(flyte: Flyte, task: Task) -> Said:
    """Return the phase, the message and the custom_info of a task; raises AssertionError for what does not fit."""
    told = flyte.get(task)
    info = told.custom_info.SerializeToString(deterministic=True)
    length = len(told.message.encode())
    assert length <= MESSAGE, (
        f"the message has {length} bytes, and {MESSAGE} would be right: {told.message[:80]!r}…"
    )
    assert len(info) <= INFO, f"custom_info has {len(info)} bytes, and {INFO} would be right"
    finite(told.custom_info)
    return phase(told), told.message, info


def finite(value: Any) -> None:
    """Raise AssertionError for numbers in a Struct that JSON does not have."""
    name = value.DESCRIPTOR.name
    if name == "Struct":
        for inner in value.fields.values():
            finite(inner)
    elif value.HasField("list_value"):
        for inner in value.list_value.values:
            finite(inner)
    elif value.HasField("struct_value"):
        finite(value.struct_value)
    elif value.HasField("number_value"):
        assert math.isfinite(value.number_value), (
            f"custom_info has the number {value.number_value}, which JSON has not"
        )


@WORDS
@each_flyte
def test_long_last_words(flyte: Flyte, cluster: Cluster, operator: Operator, profile: Profile) -> None:
    needs(profile.pods is not None, "profile has no `pods`, so a task has no last words")
    assert profile.pods is not None
    task, it = begin(flyte, cluster)
    end = {"reason": "Error", "exitCode": 1, "message": LONG, "startedAt": "{created}", "finishedAt": "{now}"}
    operator.pod(it, ended(profile.pods.container, end))
    operator.write(it, profile.states["failed"].status)
    time.sleep(HEARD)
    flyte.wait(task, profile.states["failed"].phase)
    said(flyte, task)


def ended(container: str, end: dict[str, Any]) -> dict[str, Any]:
    """Return the status of a pod that failed so."""
    about = {"name": container, "image": "none:1", "imageID": "", "ready": False, "restartCount": 0}
    return {
        "phase": "Failed",
        "startTime": "{created}",
        "containerStatuses": [about | {"state": {"terminated": end}}],
    }
