"""Does every check of the wire pass with a good connector, and fail with one that breaks just its promise?"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sanity_fake import Fake
from sanity_fake_services import TYPE

from connector_sanity.checks import (
    test_malformed,
    test_malformed_meta,
    test_malformed_random,
    test_protocol,
    test_protocol_calls,
    test_protocol_pings,
    test_serving,
    test_serving_tls,
)
from connector_sanity.faults import Call
from connector_sanity.profile import Profile
from connector_sanity.settings import Settings
from connector_sanity.target import Target

PROFILE = Profile(
    name="fake",
    task_type=TYPE,
    template={"container": {"image": "none:1", "args": ["x"]}, "custom": {"workers": 2, "mode": "fast"}},
    constants={"pings": 1},
    liveness="liveness",
)


class Cluster:
    """What can be seen of the fake's resources."""

    def __init__(self, fake: Fake) -> None:
        self._fake = fake

    def uids(self) -> set[str]:
        return {each["metadata"]["uid"] for each in self._fake.resources.copy().values()}

    def since(self, before: set[str]) -> list[Any]:
        return [
            each for each in self._fake.resources.copy().values() if each["metadata"]["uid"] not in before
        ]

    def find(self, name: str) -> Any:
        return self._fake.resources.get(name)


class Proxy:
    """Takes the API server away from the fake."""

    def __init__(self, fake: Fake) -> None:
        self._fake = fake

    @property
    def calls(self) -> list[Call]:
        return [Call(call.split()[0], call, "get", "fakes.example.com", 0.0) for call in self._fake.calls]

    def break_(self, *faults: Any) -> None:
        self._fake.announce(False)

    def heal(self) -> None:
        self._fake.announce(True)

    def cut(self) -> None:
        """There is nothing to cut."""


def around(fake: Fake, folder: Path) -> dict[str, Any]:
    """Return what the checks' functions ask for by name."""
    settings = Settings(PROFILE, folder, "unit", fake.address)
    target, proxy = Target(settings, folder), Proxy(fake)
    launched = SimpleNamespace(
        address=fake.address, running=lambda: not fake.ended, healthy=lambda: True, log=lambda: "", pid=0
    )
    target.proxy, target.launched = proxy, launched
    cluster = Cluster(fake)
    return {
        "settings": settings, "profile": PROFILE, "target": target, "fresh": target, "proxy": proxy, "eyes": cluster,
        "cluster": cluster, "tmp_path": folder,
    }  # fmt: skip


def variants(function: Callable[..., None]) -> Iterator[dict[str, Any]]:
    """Yield the parameters of a check's function, as pytest would."""
    marks = [mark for mark in getattr(function, "pytestmark", []) if mark.name == "parametrize"]
    yield from ({marks[0].args[0]: value} for value in marks[0].args[1]) if marks else [{}]


def look(function: Callable[..., None], fake: Fake, folder: Path, **more: Any) -> None:
    """Call a check's function as the kit does, once for each Flyte where it says so."""
    known = around(fake, folder) | more
    names = inspect.signature(function).parameters
    if "deserted" in names:
        test_serving.desert(known["target"])
        known["deserted"] = known["target"].launched
    for values in variants(function):
        for dialect in (1, 2) if getattr(function, "each_flyte", False) else (1,):
            with known["target"].flyte(dialect) as flyte:
                given = known | values | {"flyte": flyte}
                function(**{name: given[name] for name in names})


BREAKS: list[tuple[Callable[..., None], tuple[str, ...]]] = [
    (
        test_protocol.test_the_list_names_the_task_type,
        ("P1 late", "P1 types", "P1 name", "P1 old types", "P1 sync"),
    ),
    (test_protocol.test_a_connector_that_nobody_is, ("P2 name",)),
    (test_protocol.test_a_type_and_a_version_that_nobody_serves, ("P2 type", "P2 version")),
    (test_protocol.test_what_is_not_supported, ("P3",)),
    (test_protocol.test_the_old_task_type_alone, ("P5",)),
    (test_protocol_calls.test_the_same_request_of_both_flytes, ("P4",)),
    (test_protocol_calls.test_eight_mebibytes_of_inputs, ("P6",)),
    (test_protocol_calls.test_a_call_that_is_given_up, ("P8 twice", "P8 late")),
    (test_protocol_pings.test_pings, ("P7",)),
    (test_malformed.test_a_field_that_every_task_has_is_missing, ("M1 accept", "M1 code", "M1 words")),
    (test_malformed.test_custom_is_not_set, ("M2 unset",)),
    (test_malformed.test_values_of_the_wrong_type, ("M2 types", "M2 words")),
    (test_malformed.test_numbers_that_fit_into_no_integer, ("M2 numbers",)),
    (test_malformed.test_a_key_that_the_connector_does_not_know, ("M2 unknown",)),
    (test_malformed.test_a_thousand_objects_inside_each_other, ("M2 deep",)),
    (test_malformed_meta.test_a_meta_that_is_not_the_connectors, ("M3 accept", "M3 code", "M3 name")),
    (test_malformed_meta.test_a_meta_that_is_not_the_connectors_costs_no_call, ("M3 call",)),
    (test_malformed_random.test_some, ("M7",)),
    (test_serving.test_health_of_each_service, ("O1 services",)),
    (test_serving.test_without_an_api_server_at_the_start, ("O1 ready", "O1 alive", "O1 list", "O1 end")),
    (test_serving.test_without_an_api_server_later, ("O1 alive", "O1 list", "O1 end")),
]
FUNCTIONS = [function for function, _ in BREAKS]
CASES = [(function, breaks) for function, all_ in BREAKS for breaks in all_]


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes seconds with a real connector takes less with this one."""
    monkeypatch.setattr(test_protocol, "QUICK", 0.3)
    monkeypatch.setattr(test_protocol_calls, "SETTLED", 1.0)
    monkeypatch.setattr(test_serving, "WITHOUT", 0.2)


@pytest.fixture
def connector() -> Iterator[Callable[..., Fake]]:
    """Return a function that starts a fake connector."""
    started: list[Fake] = []

    def start(*arguments: Any) -> Fake:
        started.append(Fake(*arguments))
        return started[-1]

    yield start
    for fake in started:
        fake.stop()


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda it: it.__name__)
def test_a_good_connector_passes(function: Any, connector: Any, tmp_path: Path) -> None:
    look(function, connector(), tmp_path)


@pytest.mark.parametrize(
    ("function", "breaks"), CASES, ids=[f"{breaks}: {it.__name__}" for it, breaks in CASES]
)
def test_one_that_breaks_the_promise_fails(
    function: Any, breaks: str, connector: Any, tmp_path: Path
) -> None:
    with pytest.raises(AssertionError) as caught:
        look(function, connector(breaks), tmp_path)
    assert str(caught.value).strip(), "the connector's author has to be told what was seen"


def modules() -> list[Any]:
    return [
        test_malformed, test_malformed_meta, test_malformed_random, test_protocol, test_protocol_calls,
        test_protocol_pings, test_serving, test_serving_tls,
    ]  # fmt: skip


def test_every_function_of_these_checks_is_tried() -> None:
    checks = {it for module in modules() for it in vars(module).values() if hasattr(it, "sanity_check")}
    elsewhere = {
        test_malformed_random.test_many,  # as test_some
        test_serving_tls.test_plain_text_is_refused_where_tls_is_on,  # test_sanity_tls
        test_serving_tls.test_the_network_policy_names_who_may_call,
    }
    assert checks == {*FUNCTIONS} | elsewhere
