"""L: does an end stay an end, whichever way the operator's states go?"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from kubernetes.dynamic.exceptions import ConflictError, UnprocessibleEntityError

from connector_sanity.begin import begin, hold
from connector_sanity.cluster import Cluster
from connector_sanity.engine import Flyte, Task, phase
from connector_sanity.operator import Operator
from connector_sanity.profile import TERMINAL, Json, Profile
from connector_sanity.registry import check
from connector_sanity.target import Target

STEPS, AT_ONCE = 6, 8
PATIENCE = 5.0
"""Seconds until a connector has heard of a new state."""

WALKS = check(
    "L2",
    "K",
    "B",
    "the operator goes through its states at random, also backwards",
    expects="the phase follows, and once it is an end it stays that end",
    source="kubeflow/spark-operator issues 1191, 2283: states go back, as RUNNING to PENDING_RERUN; to the engine, a "
    "task whose end it was told is over, and it starts the next attempt",
    fix="do not take for an end what the operator may still leave; remember an end that you have told",
)
Step = tuple[str, str]
"""A state that was played, and the phase that was told then."""


class Walk:
    """One walk of an operator, given by its seed."""

    def __init__(self, flyte: Flyte, cluster: Cluster, profile: Profile, seed: int) -> None:
        self.flyte, self.profile, self.seed = flyte, profile, seed
        self.operator, self.cluster = Operator(cluster, profile), cluster
        self.steps: list[Step] = []

    def __call__(self) -> int:
        """Go, and return the number of steps; raises AssertionError with the walk."""
        choose = random.Random(self.seed)
        task, it = begin(self.flyte, self.cluster)
        end = ""
        for _ in range(STEPS):
            state = choose.choice(sorted(self.profile.states))
            try:
                self.operator.become(it, state)
            except (UnprocessibleEntityError, ConflictError):
                continue  # the API server lets no operator do this
            end = self.told(task, state, end)
        if end:
            self.deleted(task, it, end)
        return len(self.steps)

    def deleted(self, task: Task, it: Json, end: str) -> None:
        """Delete what has ended, and raise AssertionError when that changes its end while it is still there."""
        self.cluster.delete(hold(self.cluster, it))
        time.sleep(0.1)  # until a connector has heard of it
        self.told(task, "being deleted", end)
        self.cluster.release(it)

    def told(self, task: Task, state: str, end: str) -> str:
        """Return the phase after a state if it is an end, which has to be the first; "" if it is not."""
        wanted = [end] if end else self.profile.states[state].phase
        until, seen = time.monotonic() + PATIENCE, phase(self.flyte.get(task))
        while seen not in wanted and not end and time.monotonic() < until:
            self.legal(state, seen)
            time.sleep(0.01)
            seen = phase(self.flyte.get(task))
        self.steps.append((state, seen))
        assert seen in wanted, f"{self}: {' or '.join(wanted)} would be right at the end"
        return seen if seen in TERMINAL else ""

    def legal(self, state: str, seen: str) -> None:
        """Raise AssertionError for an end that nothing has said: neither this state nor the one before."""
        if seen in TERMINAL:
            self.steps.append((state, seen))
            raise AssertionError(f"{self}: an end, and the operator is not at its end")

    def __str__(self) -> str:
        way = " > ".join(f"{state} ({told})" for state, told in self.steps)
        return f"{self.flyte}, seed {self.seed}: {way}"


def walk(target: Target, cluster: Cluster, profile: Profile, seeds: range) -> None:
    """Go many ways at once, half of them with each Flyte; raises AssertionError with all that went wrong."""
    dialects = profile.dialects
    problems: list[str] = []
    with (
        ThreadPoolExecutor(AT_ONCE) as pool,
        target.flyte(dialects[0]) as one,
        target.flyte(dialects[-1]) as other,
    ):
        walks: list[Callable[[], int]] = [
            Walk((one, other)[seed % 2], cluster, profile, seed) for seed in seeds
        ]
        steps = 0
        for done in [pool.submit(each) for each in walks]:
            try:
                steps += done.result()
            except AssertionError as problem:
                problems.append(str(problem))
    assert not problems, f"{len(problems)} of {len(seeds)} walks went wrong:\n" + "\n".join(problems[:10])
    assert steps > len(seeds), f"the API server refused nearly all of it: {steps} steps in {len(seeds)} walks"


@WALKS
def test_twenty_walks(target: Target, cluster: Cluster, profile: Profile) -> None:
    walk(target, cluster, profile, range(20))


@WALKS
@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(1, 11))
def test_a_thousand_walks(target: Target, cluster: Cluster, profile: Profile, hundred: int) -> None:
    walk(target, cluster, profile, range(100 * hundred, 100 * hundred + 100))
