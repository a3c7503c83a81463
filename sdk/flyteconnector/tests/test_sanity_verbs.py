"""Does the kit's proxy read a request as the API server's RBAC does?"""

from __future__ import annotations

import pytest
from sanity_api import JOBS

from connector_sanity.verbs import understood


@pytest.mark.parametrize(
    ("method", "path", "verb", "resource"),
    [
        ("GET", JOBS + "/x", "get", "jobs.batch"),
        ("GET", JOBS + "?watch=1", "watch", "jobs.batch"),
        ("GET", JOBS + "?watch=false", "list", "jobs.batch"),
        ("DELETE", JOBS, "deletecollection", "jobs.batch"),
        ("DELETE", JOBS + "/", "deletecollection", "jobs.batch"),
        ("DELETE", JOBS + "/x", "delete", "jobs.batch"),
        ("GET", "/apis/batch/v1/jobs?watch=true", "watch", "jobs.batch"),
        ("PATCH", "/api/v1/namespaces/a/pods/x/status", "patch", "pods/status"),
        ("GET", "/api/v1/namespaces/a", "get", "namespaces"),
        ("GET", "/version", "get", ""),
        ("GET", "/apis/batch/v1", "get", ""),
    ],
)
def test_verbs(method: str, path: str, verb: str, resource: str) -> None:
    assert understood(method, path) == (verb, resource)
