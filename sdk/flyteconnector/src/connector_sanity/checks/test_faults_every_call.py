"""F: which single fault, at which call to the API server, breaks a promise? Every one is tried, not a sample."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector_sanity import starts
from connector_sanity.begin import begin
from connector_sanity.breaking import live, names
from connector_sanity.cluster import Cluster, until
from connector_sanity.elsewhere import tenant
from connector_sanity.everything import Broken, Everything
from connector_sanity.operator import Operator
from connector_sanity.points import FAULTS
from connector_sanity.profile import Profile
from connector_sanity.registry import check
from connector_sanity.settings import Settings
from connector_sanity.sightings import Watcher
from connector_sanity.target import Target

EVERY = check(
    "F1",
    "F",
    "B",
    f"each call to the API server, in a task's life and in a connector's start, with each of {len(FAULTS)} faults",
    expects="one resource at most, none left behind, no success that was not seen, at most 5 failed polls, no other "
    "tenant's resource touched, no terminal phase that changes; and the task goes on to its end",
    source="Sun and others, 'Sieve', OSDI 2022: one fault at each point of a good run; the rules: I, L and D",
    fix="after an answer that did not come, look what is there before you go on; need nothing that was in memory",
)


@pytest.fixture(scope="module")
def everything(
    settings: Settings, cluster: Cluster, profile: Profile, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Everything]:
    """A connector whose calls are known, with a bystander in another namespace."""
    folder = tmp_path_factory.mktemp("everything")
    with Target(settings, folder) as target, tenant(settings, cluster, folder) as other:
        watcher = Watcher(cluster)
        yield Everything(target, cluster, Operator(cluster, profile), watcher, other)
        watcher.stop()


def judge(settings: Settings, found: list[Broken]) -> None:
    """Keep what became of each, and raise AssertionError when a promise was broken."""
    settings.faults += [each.told() for each in found]
    broken = [each for each in found if each.breaks]
    assert found, "no call to the API server was seen in a clean run: there was nothing to break"
    assert not broken, f"{len(broken)} of {len(found)} fault points:\n" + "\n".join(
        str(each) for each in broken
    )


@EVERY
@pytest.mark.parametrize("fault", FAULTS, ids=lambda text: text.replace(" ", "-"))
def test_every_call_of_a_life(fault: str, everything: Everything, settings: Settings) -> None:
    judge(settings, [everything.look(points) for points in everything.chosen(fault, settings.depth)])


@EVERY
def test_every_call_of_a_start(
    everything: Everything, settings: Settings, cluster: Cluster, profile: Profile
) -> None:
    before, target = cluster.uids(), everything.target
    with target.flyte(profile.dialects[0]) as flyte:
        task, it = begin(flyte, cluster)
        everything.operator.play(it, "running")
        planned = starts.planned(target)
        found = starts.look(target, planned, task)
        made = live(cluster.since(before))
        assert len(made) == 1, f"{len(found)} starts with one task: resources {names(made)}; 1 would be right"
        flyte.delete(task)
    until(
        lambda: not live(cluster.since(before)), "the task of all starts is deleted", profile.constants.reap
    )
    judge(settings, found)
