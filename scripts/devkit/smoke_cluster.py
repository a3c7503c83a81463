"""What does a smoke test see in Kubernetes of a Flyte execution? Its custom resource, its pods, and whose they are."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devkit.smoke_report import SmokeError
from devkit.toolchain import ToolchainError

FLYTES = (
    "flyteworkflow",
    "taskaction",
)  # the kinds that own the pods of Flyte 1's and Flyte 2's own pod plugin
CALL = 20.0  # seconds for one call of kubectl
GRACE = 20.0  # seconds for what was deleted


class Kubernetes:
    """One namespace, seen with kubectl.

    Args:
        namespace: Where Flyte runs the tasks.
        kind: Of the custom resource, as kubectl takes it: ``jobs.batch``.
        label: Which all has that belongs to an execution, with the execution's name.
        kubeconfig, context: As for kubectl; None takes its own.

    Raises:
        ToolchainError: There is no kubectl on PATH.
    """

    def __init__(
        self,
        namespace: str,
        kind: str,
        label: str,
        kubeconfig: Path | None = None,
        context: str | None = None,
    ) -> None:
        command = shutil.which("kubectl")
        if command is None:
            raise ToolchainError(
                "the smoke test reads Kubernetes with kubectl, and PATH has none: install it, and give it access to "
                "the cluster in which Flyte runs tasks"
            )
        self.namespace, self.kind, self._label = namespace, kind, label
        self._command = [command, f"--namespace={namespace}"]
        self._command += [f"--kubeconfig={kubeconfig}"] if kubeconfig else []
        self._command += [f"--context={context}"] if context else []

    def call(self, *words: str) -> str:
        """Run kubectl, and return what it printed."""
        command = [*self._command, f"--request-timeout={CALL:g}s", *words]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=2 * CALL)
        except subprocess.TimeoutExpired as error:
            raise self._error(words, f"no answer within {2 * CALL:g} s") from error
        if done.returncode != 0:
            raise self._error(words, " ".join(done.stderr.split()))
        return done.stdout

    def _error(self, words: tuple[str, ...], text: str) -> SmokeError:
        return SmokeError(
            f"kubectl {' '.join(words[:2])}: {text}",
            f"the smoke test cannot see what Flyte starts in namespace {self.namespace}",
            f"--kubeconfig, --context, --namespace and --kind ({self.kind}), and your rights: get, list and delete on "
            "that kind and on pods",
        )

    def try_it(self) -> str:
        """Look once; return what can be read. Raises SmokeError when something is missing."""
        self.call("get", f"{self.kind},pods", "--output=name", "--selector", f"{self._label}=nothing")
        try:
            self.call("get", "namespace", self.namespace, "--output=name")
        except SmokeError as error:
            if "NotFound" in error.seen:  # who may not read namespaces goes on
                raise
        return f"{self.kind} and pods in namespace {self.namespace}"

    def objects(self, *executions: str) -> list[dict[str, Any]]:
        """Return the resources and pods of executions."""
        if not executions:
            return []
        selector = f"{self._label} in ({','.join(executions)})"
        found = self.call("get", f"{self.kind},pods", "--output=json", "--selector", selector)
        return json.loads(found)["items"]

    def remove(self, *executions: str) -> tuple[list[str], list[str]]:
        """Delete what is there of executions; return its names, and those that are still there after some time."""
        found = [name_of(item) for item in self.objects(*executions)]
        if not found:
            return [], []
        selector = f"{self._label} in ({','.join(executions)})"
        words = ["--ignore-not-found", "--wait=false", "--selector", selector]
        self.call("delete", f"{self.kind},pods", *words)
        deadline = time.monotonic() + GRACE
        while (left := self.objects(*executions)) and time.monotonic() < deadline:
            time.sleep(0.5)
        return found, [name_of(item) for item in left]


def name_of(item: dict[str, Any]) -> str:
    return f"{item['kind']} {item['metadata']['name']}"


def owner(item: dict[str, Any]) -> dict[str, Any] | None:
    """Return the reference to what controls an object."""
    return next((o for o in item["metadata"].get("ownerReferences", []) if o.get("controller")), None)


def plain(pod: dict[str, Any]) -> bool:
    """Whether Flyte itself has made a pod: it controls it, or nobody does."""
    found = owner(pod)
    return found is None or found["kind"].lower() in FLYTES


def state(pod: dict[str, Any]) -> str:
    """Return "Running", or "Pending (ErrImagePull)"."""
    status = pod.get("status", {})
    containers = status.get("initContainerStatuses", []) + status.get("containerStatuses", [])
    reasons = [c["state"]["waiting"].get("reason", "") for c in containers if "waiting" in c.get("state", {})]
    reasons += [
        c.get("reason", "") for c in status.get("conditions", []) if c.get("reason") == "Unschedulable"
    ]
    return " ".join([status.get("phase", "Pending"), *(f"({reason})" for reason in reasons[:1] if reason)])


@dataclass
class Sight:
    """All that was ever seen of one execution, and what is there now."""

    resources: dict[str, str] = field(default_factory=dict)
    """uid -> kind and name."""
    pods: dict[str, dict[str, Any]] = field(default_factory=dict)
    """uid -> the pod as it was last seen."""
    now: list[str] = field(default_factory=list)

    def look(self, items: list[dict[str, Any]]) -> list[str]:
        """Take what is there now; return what is new among the resources."""
        before = set(self.resources)
        for item in items:
            uid = item["metadata"]["uid"]
            if item["kind"] == "Pod":
                self.pods[uid] = item
            else:
                self.resources[uid] = name_of(item)
        self.now = [name_of(item) for item in items]
        return [name for uid, name in self.resources.items() if uid not in before]

    def plain(self) -> list[str]:
        """Return the names of pods that Flyte itself has made."""
        return [pod["metadata"]["name"] for pod in self.pods.values() if plain(pod)]

    def own(self) -> list[str]:
        """Return the names of pods that belong to the resource, or to such a pod (Spark's executors)."""
        belongs, grown = set(self.resources), True
        while grown:
            more = {uid for uid, pod in self.pods.items() if (owner(pod) or {}).get("uid") in belongs}
            grown = not more <= belongs
            belongs |= more
        return [pod["metadata"]["name"] for uid, pod in self.pods.items() if uid in belongs]

    def running(self) -> int:
        """Return how many of the pods that are there now run."""
        there = [pod for pod in self.pods.values() if name_of(pod) in self.now]
        return sum(pod.get("status", {}).get("phase") == "Running" for pod in there)

    def text(self) -> str:
        """Return what is there, for somebody who waits."""
        pods = [
            f"pod {pod['metadata']['name']} {state(pod)}"
            for pod in self.pods.values()
            if name_of(pod) in self.now
        ]
        resources = [name for name in self.now if not name.startswith("Pod ")]
        return "; ".join([*resources, *pods]) or "nothing of it in Kubernetes"
