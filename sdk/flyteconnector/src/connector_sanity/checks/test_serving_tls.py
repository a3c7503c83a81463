"""S8: who can talk to the connector? Nobody in plain text where TLS is on; past a NetworkPolicy, only the engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
import yaml

from connector_sanity import certificates, identity
from connector_sanity.certificates import Certificate
from connector_sanity.cluster import until
from connector_sanity.dialect import DIALECTS, OPTIONS
from connector_sanity.launch import Launched, filled
from connector_sanity.part import Json
from connector_sanity.profile import Profile
from connector_sanity.registry import check, needs
from connector_sanity.settings import Settings
from connector_sanity.target import Target

EVERYWHERE = ("0.0.0.0/0", "::/0")
S8 = {
    "id": "S8",
    "severity": "M",
    "title": "plain text where TLS is on; what a NetworkPolicy lets in",
    "expects": "plain text is refused, and the certificate is the one that was given; only named callers get in",
    "source": "Flyte 1.16.8, plugins/webapi/connector/client.go: server TLS with the system's authorities, and "
    "no certificate, "
    "token or name of the client's; RFC #3558",
    "fix": "serve TLS alone on the port where it is on; ship a NetworkPolicy whose ingress names the engine's "
    "namespace and pods",
}


@pytest.fixture
def certificate(tmp_path: Path, profile: Profile) -> Certificate:
    """One for this check."""
    needs(profile.start and profile.start.tls, "the profile does not say how TLS is turned on (start.tls)")
    return certificates.made(tmp_path)


@pytest.fixture
def secured(
    settings: Settings, target: Target, tmp_path: Path, certificate: Certificate
) -> Iterator[Launched]:
    """The connector with TLS, started on its own."""
    start = settings.profile.start
    needs(settings.starts and start, "the kit does not start the connector")
    assert start is not None
    names = {"cert": certificate.cert, "key": certificate.key}
    words = tuple(filled(word, names) for word in start.tls)
    kubeconfig = identity.kubeconfig(settings, target.proxy, tmp_path) if target.proxy else Path("/dev/null")
    launched = Launched(start, settings.folder, tmp_path, kubeconfig, settings.profile.namespace, words)
    launched.start(wait=False)
    yield launched
    launched.stop()


def lists(channel: grpc.Channel, dialect: int) -> str:
    """Return "OK" where the connector tells its task types over a connection, else the error."""
    with channel:
        try:
            DIALECTS[dialect].list(channel, 2)
        except grpc.RpcError as error:
            return f"{error.code().name} {error.details()!r}"  # type: ignore[attr-defined]
    return "OK"


@check(level="W", **S8)
def test_plain_text_is_refused_where_tls_is_on(
    secured: Launched, certificate: Certificate, tmp_path: Path, profile: Profile
) -> None:
    where, dialect = f"localhost:{secured.port}", profile.dialects[0]
    trusting = grpc.ssl_channel_credentials(certificate.pem)
    seconds = secured.start_how.ready_seconds
    until(
        lambda: lists(grpc.secure_channel(where, trusting, options=OPTIONS), dialect) == "OK",
        f"a client that trusts the certificate is answered: {secured.log()[-500:]}",
        seconds,
    )
    plain = lists(grpc.insecure_channel(where, options=OPTIONS), dialect)
    assert plain != "OK", "TLS is on, and a client without it is answered; an error would be right"
    other = grpc.ssl_channel_credentials(certificates.made(tmp_path / "other").pem)
    strange = lists(grpc.secure_channel(where, other, options=OPTIONS), dialect)
    assert strange != "OK", "the connector has shown another certificate than the one that it was given"
    named = (*OPTIONS, ("grpc.ssl_target_name_override", "flyte.example.com"))
    wrong = lists(grpc.secure_channel(where, trusting, options=named), dialect)
    assert wrong != "OK", "the connector has shown a certificate for a name that was not asked for"


def policies(profile: Profile, folder: Path) -> list[Json]:
    """Return the NetworkPolicies of the profile's files."""
    found: list[Json] = []
    for name in profile.network:
        path = folder / name
        files = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
        for file in files:
            contents = yaml.safe_load_all(file.read_text(encoding="utf-8"))
            found += [
                each for each in contents if isinstance(each, dict) and each.get("kind") == "NetworkPolicy"
            ]
    return found


def opened(policy: Json) -> Iterator[str]:
    """Yield a sentence for each rule that lets everybody in."""
    name, spec = policy["metadata"]["name"], policy["spec"]
    if "Ingress" not in spec.get("policyTypes", ["Ingress"]):
        return
    for number, rule in enumerate(spec.get("ingress") or []):
        sources = rule.get("from") or []
        if not sources:
            yield f"{name}: ingress rule {number} has no `from`"
        for source in sources:
            everyone = not any(source.get(key) for key in ("podSelector", "namespaceSelector", "ipBlock"))
            if everyone or (source.get("ipBlock") or {}).get("cidr") in EVERYWHERE:
                yield f"{name}: ingress rule {number} lets in {source}"


@check(level="S", **S8)
def test_the_network_policy_names_who_may_call(profile: Profile, settings: Settings) -> None:
    needs(profile.network, "the profile names no NetworkPolicies (network)")
    found = policies(profile, settings.folder)
    ruling = [each for each in found if "Ingress" in each["spec"].get("policyTypes", ["Ingress"])]
    assert ruling, (
        f"{', '.join(profile.network)}: no NetworkPolicy with rules for ingress; nobody authenticates who calls"
    )
    open_ = [sentence for policy in ruling for sentence in opened(policy)]
    assert not open_, (
        f"everybody may call: {'; '.join(open_)}; the engine's namespace and pods would be right"
    )
