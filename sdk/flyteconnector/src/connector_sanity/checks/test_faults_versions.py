"""E: do two versions of a connector, as during an upgrade, act as one?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from connector_sanity.begin import begin, ending
from connector_sanity.cluster import Cluster, until
from connector_sanity.engine import TERMINAL_FAILURES
from connector_sanity.operator import Operator
from connector_sanity.profile import Profile
from connector_sanity.registry import check, needs
from connector_sanity.target import Target


@pytest.fixture
def previous(fresh: Target, profile: Profile) -> Iterator[Target]:
    """The version before this one, for the same namespace."""
    start = profile.start
    assert start is not None, "level F is for connectors that the kit starts"
    needs(start.previous, "the profile has no `start.previous`: how the version before this one is started")
    older = profile.model_copy(update={"start": start.model_copy(update={"command": start.previous})})
    with Target(replace(fresh.settings, profile=older), fresh.folder / "previous") as target:
        yield target


@check(
    "E4",
    "F",
    "M",
    "two versions serve at once, as in every upgrade and rollback",
    expects="one resource for a task, whichever version is asked; each answers for and deletes what the other made",
    source="Flyte 1.16.8 and 2: each call goes to another replica (round_robin), so in an upgrade to another version",
    fix="change neither the resource's name nor what older versions read in resource_meta; only add to it",
)
@pytest.mark.parametrize("newer_first", [True, False], ids=["upgrade", "rollback"])
def test_two_versions(
    newer_first: bool, fresh: Target, previous: Target, cluster: Cluster, operator: Operator, profile: Profile
) -> None:
    makes, takes = (fresh, previous) if newer_first else (previous, fresh)
    with makes.flyte(profile.dialects[0]) as one, takes.flyte(profile.dialects[0]) as other:
        before = cluster.uids()
        task, it = begin(one, cluster)
        again = other.create(task.request)
        made = cluster.since(before)
        assert len(made) == 1, (
            f"the same CreateTask at two versions made {len(made)} resources; 1 would be right"
        )
        operator.play(it, "running")
        for flyte, meta in ((one, again), (other, task)):
            flyte.wait(meta, profile.states["running"].phase)
        other.delete(task)
        until(lambda: ending(cluster, it), "what one version made is deleted by the other")
        for flyte in (one, other):
            flyte.wait(task, TERMINAL_FAILURES)
