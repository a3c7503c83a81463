"""With which right is a request to the API server made? Its verb and resource, as the API server's RBAC reads them."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "GET": "get", "HEAD": "get"}


def understood(method: str, path: str) -> tuple[str, str]:
    """Return ``("watch", "jobs.batch")``; the resource is "" for what is none, and "pods/log" with a subresource."""
    asked = urlsplit(path)
    parts = [part for part in asked.path.split("/") if part]
    verb, group = VERBS.get(method, method.lower()), ""
    if parts[:1] == ["apis"] and len(parts) > 3:
        group, parts = f".{parts[1]}", parts[3:]
    elif parts[:1] == ["api"] and len(parts) > 2:
        parts = parts[2:]
    else:
        return verb, ""
    if parts[0] == "namespaces" and len(parts) > 2:
        parts = parts[2:]
    if len(parts) == 1 and verb == "get":
        verb = "watch" if parse_qs(asked.query).get("watch", ["0"])[0] in ("1", "true") else "list"
    elif len(parts) == 1 and verb == "delete":
        verb = "deletecollection"
    return verb, parts[0] + group + "".join(f"/{part}" for part in parts[2:3])
