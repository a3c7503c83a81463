"""Does S8 see a connector that answers in plain text, and a NetworkPolicy that lets everybody in?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import grpc
import pytest
import yaml
from sanity_fake import Fake
from test_sanity_wire import PROFILE

from connector_sanity import certificates
from connector_sanity.certificates import Certificate
from connector_sanity.checks import test_serving_tls as s8
from connector_sanity.part import Json
from connector_sanity.settings import Settings

ENGINE = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "flyte"}}}


@pytest.fixture
def given(tmp_path: Path) -> Certificate:
    return certificates.made(tmp_path / "given")


@pytest.fixture
def plain(given: Certificate, tmp_path: Path) -> Iterator[Callable[[Certificate | None], None]]:
    """Return a function that makes the check look at a connector with this certificate."""
    started = []

    def look(shown: Certificate | None) -> None:
        pairs = [(shown.key.read_bytes(), shown.pem)] if shown else []
        started.append(Fake("", grpc.ssl_server_credentials(pairs) if pairs else None))
        start = SimpleNamespace(ready_seconds=1)
        launched = SimpleNamespace(port=started[-1].port, start_how=start, log=lambda: "")
        s8.test_plain_text_is_refused_where_tls_is_on(launched, given, tmp_path, PROFILE)

    yield look
    for fake in started:
        fake.stop()


def test_tls_passes(plain: Callable[[Certificate | None], None], given: Certificate) -> None:
    plain(given)


def test_a_connector_that_serves_plain_text_fails(plain: Callable[[Certificate | None], None]) -> None:
    with pytest.raises(AssertionError, match="trusts the certificate"):
        plain(None)


def test_another_certificate_fails(plain: Callable[[Certificate | None], None], tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="trusts the certificate"):
        plain(certificates.made(tmp_path / "another"))


def look(tmp_path: Path, *ingress: Json, kind: str = "NetworkPolicy") -> None:
    """Make the check look at one policy."""
    spec = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": list(ingress)}
    policy = {"kind": kind, "metadata": {"name": "connector"}, "spec": spec}
    (tmp_path / "policy.yaml").write_text(yaml.safe_dump_all([policy, None]))
    profile = PROFILE.model_copy(update={"network": ["."]})
    s8.test_the_network_policy_names_who_may_call(profile, Settings(profile, tmp_path, "unit"))


@pytest.mark.parametrize(
    "ingress", [(), ({"from": [ENGINE]},), ({"from": [ENGINE, {"ipBlock": {"cidr": "10.0.0.0/8"}}]},)]
)
def test_a_policy_that_names_its_callers_passes(ingress: tuple[Json, ...], tmp_path: Path) -> None:
    look(tmp_path, *ingress)


@pytest.mark.parametrize(
    "rule", [{}, {"from": []}, {"from": [{}]}, {"from": [ENGINE, {"ipBlock": {"cidr": "0.0.0.0/0"}}]}]
)
def test_a_policy_that_lets_everybody_in_fails(rule: Json, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="everybody may call: connector"):
        look(tmp_path, rule)


def test_no_policy_fails(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="nobody authenticates"):
        look(tmp_path, kind="ConfigMap")
