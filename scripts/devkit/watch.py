"""When did each pod of a namespace come, run and end? Read from the API server's own watch, as it happens."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict, dataclass, field, replace
from types import TracebackType
from typing import IO, Any, Self

from devkit.cluster import NAMESPACE, LocalCluster
from devkit.process import Child

INDEX = "batch.kubernetes.io/job-completion-index"  # the Job controller's annotation
JOB = "batch.kubernetes.io/job-name"  # and its label
FINAL = ("Succeeded", "Failed", "Deleted")


@dataclass
class Pod:
    """What was seen of one pod."""

    name: str
    job: str
    index: int
    phases: list[tuple[str, float]] = field(default_factory=list)
    """Each phase (Pending, Running, Succeeded, Failed, Deleted) with the time when it was seen first, in seconds."""

    def when(self, phase: str) -> float | None:
        """Return when `phase` was seen, or None."""
        return dict(self.phases).get(phase)

    def ended(self) -> bool:
        return bool(self.phases) and self.phases[-1][0] in FINAL

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"phases": {name: round(at, 2) for name, at in self.phases}}


def together(pods: list[Pod]) -> float:
    """Return for how many seconds all of `pods` ran at the same time."""
    starts = [pod.when("Running") for pod in pods]
    ends = [pod.when("Succeeded") for pod in pods]
    if not pods or None in starts or None in ends:
        return 0.0
    return max(0.0, min(ends) - max(starts))


class PodWatch:
    """Watches the pods of a namespace while the context is open; `began` (of time.monotonic) is its zero."""

    def __init__(self, cluster: LocalCluster, began: float, namespace: str = NAMESPACE) -> None:
        self._cluster, self._began, self._namespace = cluster, began, namespace
        self._pods: dict[str, Pod] = {}
        self._news = threading.Condition()  # the thread that reads tells those that wait

    def __enter__(self) -> Self:
        words = ["-n", self._namespace, "get", "pods", "--watch", "--output-watch-events", "-o", "json"]
        self._child = Child("kubectl", self._cluster.kubectl_command(*words))
        threading.Thread(target=self._read, args=(self._child.stdout,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._child.stop(5)

    def _read(self, stream: IO[str]) -> None:
        for line in stream:  # one JSON object each
            event = json.loads(line)
            self.see(event["type"], event["object"], time.monotonic() - self._began)

    def see(self, kind: str, pod: dict[str, Any], seconds: float) -> None:
        """Take note of one watch event."""
        meta = pod["metadata"]
        job, index = meta.get("labels", {}).get(JOB, ""), int(meta.get("annotations", {}).get(INDEX, 0))
        phase = "Deleted" if kind == "DELETED" else pod["status"].get("phase", "Pending")
        with self._news:
            seen = self._pods.setdefault(meta["name"], Pod(meta["name"], job, index))
            if not seen.phases or seen.phases[-1][0] != phase:
                seen.phases.append((phase, seconds))
            self._news.notify_all()

    def of(self, job: str, count: int, seconds: float = 10) -> list[Pod]:
        """Return the pods of one resource, by index, when `count` of them have ended, or as they are after `seconds`.

        A task may have its result before the last word about its pods has come.
        """

        def found() -> list[Pod]:
            mine = (pod for pod in self._pods.values() if pod.job == job or pod.name.startswith(f"{job}-"))
            return list(mine)

        with self._news:
            self._news.wait_for(lambda: sum(pod.ended() for pod in found()) >= count, seconds)
            pods = [replace(pod, phases=list(pod.phases)) for pod in found()]
        return sorted(pods, key=lambda pod: (pod.index, pod.name))
