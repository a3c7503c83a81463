"""What does the kit see and do in Kubernetes? It looks at one kind in one namespace; it deletes by uid what it made."""

from __future__ import annotations

import contextlib
import copy
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from kubernetes import client, config
from kubernetes.dynamic import DynamicClient
from kubernetes.dynamic.exceptions import ApiException, ConflictError, NotFoundError

from connector_sanity.labels import ALLOWED, RUN
from connector_sanity.profile import Json, Profile


class ClusterError(RuntimeError):
    """The cluster does not let the kit work."""


class Cluster:
    """The profile's kind in the profile's namespace.

    Args:
        kubeconfig: An administrator's.
        profile: What is known about the connector; it has a resource.
        run: The run's id.
    """

    def __init__(self, kubeconfig: Path, profile: Profile, run: str) -> None:
        if profile.resource is None:
            raise ClusterError(
                f"profile {profile.name}: without a resource there is nothing to look at in a cluster"
            )
        self.kubeconfig, self.namespace, self.run = kubeconfig, profile.namespace, run
        self.api = config.new_client_from_config(str(kubeconfig))
        self.api.rest_client.pool_manager.connection_pool_kw["maxsize"] = 32
        # What a cluster serves is kept in a file; another cluster may have had the same address before.
        self._folder = tempfile.TemporaryDirectory()
        self.dynamic = DynamicClient(self.api, cache_file=str(Path(self._folder.name) / "served.json"))
        self.kind = profile.resource

    def of(self, api_version: str, kind: str) -> Any:
        """Return the dynamic client's resource of a kind; raises ClusterError when the cluster does not serve it."""
        try:
            return self.dynamic.resources.get(api_version=api_version, kind=kind)
        except Exception as error:
            raise ClusterError(f"the cluster serves no {kind} of {api_version}: {error}") from error

    @property
    def resource(self) -> Any:
        """Return the profile's kind."""
        return self.of(self.kind.api_version, self.kind.kind)

    @property
    def plural(self) -> str:
        """Return the kind as RBAC calls it: "jobs.batch", "pods"."""
        return ".".join(part for part in (self.resource.name, self.resource.group) if part)

    def check_allowed(self) -> None:
        """Raise ClusterError unless the namespace says that kits may work in it."""
        try:
            space = self.of("v1", "Namespace").get(name=self.namespace)
        except NotFoundError as error:
            raise ClusterError(
                f"namespace {self.namespace} does not exist: make it, with the label {ALLOWED}=allowed"
            ) from error
        if (space.metadata.labels or {}).get(ALLOWED) != "allowed":
            raise ClusterError(
                f"namespace {self.namespace} has no label {ALLOWED}=allowed, so nothing is created or deleted in it: "
                f"kubectl label namespace {self.namespace} {ALLOWED}=allowed"
            )

    def serve(self, folder: Path) -> None:
        """Create the profile's CustomResourceDefinitions, unless they are there; files are relative to a folder."""
        for name in self.kind.crds:
            self.apply(folder / name)
        if self.kind.crds:
            until(self._served, f"the API server serves {self.kind.kind} of {self.kind.api_version}", 30)

    def _served(self) -> bool:
        try:
            self.dynamic.resources.invalidate_cache()
            return bool(self.resource.get(namespace=self.namespace))
        except (ClusterError, ApiException):
            return False

    def of_namespace(self, name: str) -> Cluster:
        """Return the same for another namespace, over the same connections."""
        other = copy.copy(self)
        other.namespace = name
        return other

    def everywhere(self) -> dict[str, str]:
        """Return the namespaces of all resources of the kind in the cluster, by their uids."""
        items = self.resource.get().to_dict()["items"]
        return {each["metadata"]["uid"]: each["metadata"]["namespace"] for each in items}

    def all(self) -> list[Json]:
        """Return all resources of the kind in the namespace."""
        raw = self.resource.get(
            namespace=self.namespace, serialize=False
        ).data  # every check lists them, twice or more
        kind = {"apiVersion": self.kind.api_version, "kind": self.kind.kind}
        return [kind | item for item in json.loads(raw)["items"]]

    def uids(self) -> set[str]:
        """Return the uids of all of them."""
        return {each["metadata"]["uid"] for each in self.all()}

    def since(self, before: set[str]) -> list[Json]:
        """Return those that were not there when `before` was read with `uids()`."""
        return [each for each in self.all() if each["metadata"]["uid"] not in before]

    def find(self, name: str) -> Json | None:
        """Return the resource with this name, or None."""
        try:
            return dict(self.resource.get(name=name, namespace=self.namespace).to_dict())
        except NotFoundError:
            return None

    def create(self, made: Json) -> Json:
        """Create an object of any kind in the namespace, with the run's label; raises ApiException."""
        made = {**made, "metadata": {**made.get("metadata", {})}}
        made["metadata"]["labels"] = {**(made["metadata"].get("labels") or {}), RUN: self.run}
        target = self.of(made["apiVersion"], made["kind"])
        return dict(target.create(body=made, namespace=self.namespace).to_dict())

    def delete(self, it: Json, policy: str = "Background") -> None:
        """Delete exactly this object; another with the same name, or none, is no error."""
        about, target = it["metadata"], self.of(it["apiVersion"], it["kind"])
        body = client.V1DeleteOptions(
            preconditions=client.V1Preconditions(uid=about["uid"]), propagation_policy=policy
        )
        try:
            target.delete(name=about["name"], namespace=about.get("namespace"), body=body)
        except (NotFoundError, ConflictError):
            return

    def delete_pod(self, name: str) -> None:
        """Delete a pod that the kit has made, at once; none with this name is no error."""
        with contextlib.suppress(NotFoundError):
            made = self.of("v1", "Pod").get(name=name, namespace=self.namespace)
            if (made.metadata.labels or {}).get(RUN) == self.run:
                self.delete(dict(made.to_dict()))

    def patch(self, it: Json, change: Json, subresource: str = "") -> Json:
        """Merge a change into an object, or into its status; raises ApiException."""
        about, target = it["metadata"], self.of(it["apiVersion"], it["kind"])
        if subresource and subresource in target.subresources:
            target = target.subresources[subresource]
        done = target.patch(
            name=about["name"],
            namespace=about.get("namespace"),
            body=change,
            content_type="application/merge-patch+json",
        )
        return dict(done.to_dict())

    def release(self, it: Json) -> None:
        """Take the finalizers of an object away, and delete it."""
        with contextlib.suppress(ApiException):  # gone
            self.patch(it, {"metadata": {"finalizers": None}})
        self.delete(it)

    def tidy(self) -> None:
        """Delete what this run has left: resources that the kit made, and those of tasks that it asked for."""
        for it in self.all():
            if self.run in json.dumps(it):
                self.release(it)

    def apply(self, path: Path) -> list[Json]:
        """Create the objects of a YAML file, whatever their namespace; those that exist stay as they are."""
        made = []
        for content in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            if content:
                target = self.of(content["apiVersion"], content["kind"])
                with contextlib.suppress(ConflictError):
                    target.create(body=content, namespace=content["metadata"].get("namespace"))
                made.append(content)
        return made


def until(condition: Callable[[], object], what: str, seconds: float = 10.0) -> Any:
    """Return the condition's value once it is true; raises AssertionError with `what` when time is up."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.03)
    return value
