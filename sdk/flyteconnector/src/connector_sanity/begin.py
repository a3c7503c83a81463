"""Which resource has a task become, and how does another look that has its name?"""

from __future__ import annotations

import threading
from typing import Any

import grpc

from connector_sanity.cluster import Cluster
from connector_sanity.engine import Flyte, Task, code, phase
from connector_sanity.profile import Json

HOLD = "connector-sanity/hold"
"""A finalizer: what has it stays, marked as being deleted, until it is taken away."""
NOTHING = "CreateTask made no resource: {}; 1 of {} would be right"
_one = threading.Lock()


def begin(flyte: Flyte, cluster: Cluster, request: Any = None, **about: Any) -> tuple[Task, Json]:
    """Create a task, and return it with its resource.

    One thread at a time, so that several may do so. Raises AssertionError when the task did not become one resource,
    with the words of the refusal, whichever call has them.

    Args:
        flyte: The engine.
        cluster: Where to look.
        request: As for `Flyte.create`.
        about: The same.
    """
    with _one:
        before = cluster.uids()
        try:
            task = flyte.create(request, **about)
        except grpc.RpcError as error:
            said = f"{code(error)} {error.details()!r}"  # type: ignore[attr-defined]
            raise AssertionError(
                NOTHING.format(f"the task was refused with {said}", cluster.kind.kind)
            ) from error
        made = cluster.since(before)
    assert made, NOTHING.format(how(flyte, task), cluster.kind.kind)
    names = sorted(each["metadata"]["name"] for each in made)
    assert len(made) == 1, (
        f"CreateTask made {len(made)} resources {names}; 1 of {cluster.kind.kind} would be right"
    )
    return task, made[0]


def how(flyte: Flyte, task: Task) -> str:
    """Return how a task is that has no resource, in the words of its GetTask."""
    try:
        told = flyte.get(task)
    except grpc.RpcError as error:
        return f"and GetTask answers {code(error)} {error.details()!r}"  # type: ignore[attr-defined]
    if phase(told) == "FAILED":
        return f"the task was refused with {told.message!r}"
    return f"and GetTask says {phase(told)} {told.message!r}"


def copied(it: Json, mark: bool = True, name: str = "") -> Json:
    """Return an object with the same spec, fit to be created anew.

    Args:
        it: As the API server has it.
        mark: Whether the copy has its labels and annotations, too.
        name: The copy's, by default the same.
    """
    old = it["metadata"]
    about = {"name": name or old["name"], "namespace": old["namespace"]}
    for part in ("labels", "annotations") if mark else ():
        about[part] = old.get(part)
    made = {key: value for key, value in it.items() if key not in ("metadata", "status")}
    # For some kinds, such as Job, the API server itself writes the name and the uid into labels and selectors.
    return {**_without(made, {old["uid"], old["name"]}), "metadata": about}


def _without(value: Any, texts: set[str]) -> Any:
    if isinstance(value, dict):
        kept = {key: inner for key, inner in value.items() if not (isinstance(inner, str) and inner in texts)}
        return {key: _without(inner, texts) for key, inner in kept.items()}
    return [_without(inner, texts) for inner in value] if isinstance(value, list) else value


def hold(cluster: Cluster, it: Json) -> Json:
    """Keep an object from going away, and return it as it is then; see `Cluster.release`."""
    kept = it["metadata"].get("finalizers") or []
    return cluster.patch(it, {"metadata": {"finalizers": [*kept, HOLD]}})


def unchanged(cluster: Cluster, it: Json) -> None:
    """Raise AssertionError unless an object is exactly as it was."""
    name, now = it["metadata"]["name"], cluster.find(it["metadata"]["name"])
    assert now is not None, f"{cluster.kind.kind} {name} is gone, and nobody was asked to delete it"
    before, after = it["metadata"], now["metadata"]
    assert after["uid"] == before["uid"], f"{cluster.kind.kind} {name} was replaced by another"
    assert after["resourceVersion"] == before["resourceVersion"], (
        f"{cluster.kind.kind} {name} was changed from resourceVersion {before['resourceVersion']} to "
        f"{after['resourceVersion']}{', and is being deleted' if after.get('deletionTimestamp') else ''}"
    )


def ending(cluster: Cluster, it: Json) -> bool:
    """Return whether exactly this object is gone, or being deleted."""
    now = cluster.find(it["metadata"]["name"])
    return (
        now is None
        or now["metadata"]["uid"] != it["metadata"]["uid"]
        or "deletionTimestamp" in now["metadata"]
    )
