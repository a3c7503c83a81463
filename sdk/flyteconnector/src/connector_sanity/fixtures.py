"""How do the checks get their connector, their cluster and their options? Fixtures, for every check module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connector_sanity.cluster import Cluster
from connector_sanity.engine import Flyte
from connector_sanity.operator import Operator
from connector_sanity.profile import Profile
from connector_sanity.settings import Settings
from connector_sanity.target import Target

if TYPE_CHECKING:
    from connector_sanity.launch import Launched
    from connector_sanity.proxy import Proxy

SETTINGS = pytest.StashKey[Settings]()


@pytest.fixture(scope="session")
def settings(pytestconfig: pytest.Config) -> Settings:
    """What was asked of this run."""
    return pytestconfig.stash[SETTINGS]


@pytest.fixture(scope="session")
def profile(settings: Settings) -> Profile:
    """What is known about the connector."""
    return settings.profile


@pytest.fixture(scope="session")
def cluster(settings: Settings) -> Iterator[Cluster]:
    """The kind in the namespace, seen by an administrator; what a run leaves is deleted at its end."""
    assert settings.kubeconfig is not None, "a check of level W or S must not ask for the cluster"
    made = Cluster(settings.kubeconfig, settings.profile, settings.run)
    made.check_allowed()
    made.serve(settings.folder)
    yield made
    made.tidy()


@pytest.fixture(scope="session")
def target(
    settings: Settings, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Target]:
    """The connector that most checks share. The kinds that it serves are there before it starts."""
    if "K" in settings.able():
        request.getfixturevalue("cluster")
    with Target(settings, tmp_path_factory.mktemp("connector")) as target:
        yield target


@pytest.fixture
def fresh(tmp_path: Path, settings: Settings, cluster: Cluster) -> Iterator[Target]:
    """A connector of the check's own, that it may kill, behind a proxy that it may break."""
    with Target(settings, tmp_path) as target:
        yield target


@pytest.fixture
def proxy(target: Target) -> Iterator[Proxy]:
    """The proxy in front of the shared connector; healed at the end."""
    assert target.proxy is not None, (
        "the kit did not start the connector: a check of level F must be left out"
    )
    yield target.proxy
    target.proxy.heal()


@pytest.fixture
def launched(target: Target) -> Launched:
    """The process of the shared connector; only where the kit has started it."""
    assert target.launched is not None
    return target.launched


@pytest.fixture
def flyte(request: pytest.FixtureRequest, settings: Settings, target: Target) -> Iterator[Flyte]:
    """An engine of each Flyte that the profile names, in turn; what it made is deleted at the end."""
    with target.flyte(getattr(request, "param", settings.profile.dialects[0])) as flyte:
        yield flyte


@pytest.fixture
def operator(cluster: Cluster, profile: Profile) -> Operator:
    """The kit as the operator."""
    return Operator(cluster, profile)


@pytest.fixture
def eyes(request: pytest.FixtureRequest, settings: Settings) -> Cluster | None:
    """The cluster where there is one: there, a check of level W also looks at what became of its calls."""
    there = settings.kubeconfig is not None and settings.profile.resource is not None
    return request.getfixturevalue("cluster") if there else None
