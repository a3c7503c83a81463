"""Which API server do the tests of connector-sanity talk to? One in memory, with namespaces, pods and widgets."""

from __future__ import annotations

import http.server
import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]
SERVED = {
    "/version": {"major": "1", "minor": "36", "gitVersion": "v1.36.3"},
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {
        "kind": "APIGroupList",
        "groups": [
            {
                "name": "example.com",
                "versions": [{"groupVersion": "example.com/v1", "version": "v1"}],
                "preferredVersion": {"groupVersion": "example.com/v1", "version": "v1"},
            }
        ],
    },
}
KINDS = {"namespaces": ("v1", "Namespace"), "pods": ("v1", "Pod"), "widgets": ("example.com/v1", "Widget")}


def listed(version: str) -> Json:
    """Return what a group serves."""
    verbs = ["create", "delete", "get", "list", "patch"]
    resources = []
    for plural, (group, kind) in KINDS.items():
        if group == version:
            about = {"kind": kind, "namespaced": plural != "namespaces", "singularName": "", "verbs": verbs}
            resources += [{"name": name, **about} for name in (plural, f"{plural}/status")]
    return {"kind": "APIResourceList", "groupVersion": version, "resources": resources}


class Api(http.server.BaseHTTPRequestHandler):
    """Does what a controller-less API server does, with uids, resourceVersions, preconditions and finalizers."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    objects: dict[tuple[str, str], Json]
    deletes: list[Json]
    count: Iterator[int]

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path in SERVED:
            return self.answer(200, SERVED[path])
        if path in ("/api/v1", "/apis/example.com/v1"):
            return self.answer(200, listed(path.partition("/")[2].split("/", 1)[1]))
        plural, name, _ = self.place()
        if name:
            return self.answer(200, self.objects[plural, name]) if self.there() else None
        items = [each for (kind, _), each in self.objects.items() if kind == plural]
        return self.answer(
            200, {"kind": f"{KINDS[plural][1]}List", "apiVersion": KINDS[plural][0], "items": items}
        )

    def do_POST(self) -> None:
        made, (plural, _, _) = self.body(), self.place()
        about = made["metadata"]
        if (plural, about["name"]) in self.objects:
            return self.answer(409, {"kind": "Status", "reason": "AlreadyExists", "code": 409})
        about |= {
            "uid": f"uid-{next(self.count)}",
            "resourceVersion": "1",
            "creationTimestamp": "2026-01-02T03:04:05Z",
        }
        about["namespace"] = "tasks"
        self.objects[plural, about["name"]] = made
        return self.answer(201, made)

    def do_PATCH(self) -> None:
        change, (plural, name, part) = self.body(), self.place()
        if not self.there():
            return
        merge(self.objects[plural, name], {"status": change.get("status")} if part else change)
        about = self.objects[plural, name]["metadata"]
        about["resourceVersion"] = str(int(about["resourceVersion"]) + 1)
        self.answer(200, self.objects[plural, name])
        if "deletionTimestamp" in about and not about.get("finalizers"):
            del self.objects[plural, name]

    def do_DELETE(self) -> None:
        options, (plural, name, _) = self.body(), self.place()
        self.deletes.append(options)
        if not self.there():
            return
        about = self.objects[plural, name]["metadata"]
        if options.get("preconditions", {}).get("uid") not in (None, about["uid"]):
            return self.answer(409, {"kind": "Status", "reason": "Conflict", "code": 409})
        about["deletionTimestamp"] = "2026-01-02T03:04:06Z"
        if not about.get("finalizers"):
            del self.objects[plural, name]
        self.answer(200, {"kind": "Status", "status": "Success"})

    def there(self) -> bool:
        """Answer 404 unless the object of the path is there."""
        plural, name, _ = self.place()
        if found := (plural, name) in self.objects:
            return found
        self.answer(404, {"kind": "Status", "reason": "NotFound", "code": 404})
        return False

    def place(self) -> tuple[str, str, str]:
        """Return the plural, the name and the subresource of the path."""
        words = self.path.partition("?")[0].split("/")
        at = max(index for index, word in enumerate(words) if word in KINDS)
        return words[at], *[*words[at + 1 :], "", ""][:2]  # type: ignore[return-value]

    def body(self) -> Json:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return json.loads(raw) if raw else {}

    def answer(self, status: int, content: Json) -> None:
        raw = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


def merge(old: Json, change: Json) -> None:
    """Apply a JSON merge patch."""
    for key, value in change.items():
        if value is None:
            old.pop(key, None)
        elif isinstance(value, dict) and isinstance(old.get(key), dict):
            merge(old[key], value)
        else:
            old[key] = value


@contextmanager
def served(folder: Path) -> Iterator[tuple[type[Api], Path]]:
    """Yield the API server's objects, and a kubeconfig for it."""
    state = {"objects": {}, "deletes": [], "count": itertools.count()}
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Served", (Api,), state))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    kubeconfig = folder / "kubeconfig"
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "a", "cluster": {"server": f"http://127.0.0.1:{server.server_address[1]}"}}],
        "users": [{"name": "a", "user": {}}],
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
        "current-context": "a",
    }
    kubeconfig.write_text(yaml.safe_dump(content))
    try:
        yield server.RequestHandlerClass, kubeconfig  # type: ignore[misc]
    finally:
        server.shutdown()
        server.server_close()
