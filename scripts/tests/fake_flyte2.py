"""What plays Flyte 2's API in these tests? A server that Flyte 2's SDK can talk to, with its object store.

The SDK speaks connect-RPC over HTTP, and so does this server, with the applications that come with Flyte 2's messages.
It keeps what it is sent, and gives it back. It answers the calls that flyte 2.12.1 makes to deploy tasks; any other is
refused with UNIMPLEMENTED, and noted. Of Flyte 2's own work it does two parts: it knows one project and domain, and it
refuses a message that breaks the rules which come with the messages, such as a name that is too long. Its checks of
types, resources and permissions, its defaults and its login are not played.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import threading
from http import HTTPStatus
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any, Self
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import protovalidate
from connectrpc.code import Code
from connectrpc.errors import ConnectError
from flyteidl2.cluster import payload_pb2
from flyteidl2.cluster.service_connect import ClusterServiceWSGIApplication
from flyteidl2.dataproxy import dataproxy_service_pb2
from flyteidl2.dataproxy.dataproxy_service_connect import DataProxyServiceWSGIApplication
from flyteidl2.task import task_definition_pb2, task_service_pb2
from flyteidl2.task.task_service_connect import TaskServiceWSGIApplication
from google.protobuf.message import Message

STORE = "/store/"


class FakeFlyte2:
    """Flyte 2's API and its object store, both on 127.0.0.1.

    Args:
        folder: Where uploads are kept, below project and domain.
        project, domain: The only ones that it knows.
        refuses: It answers every call with this.

    Attributes:
        calls: The calls that it has answered, in their order: ``/flyteidl2.task.TaskService/DeployTask``.
        unexpected: The calls that nobody plays.
        tasks: What was deployed, by name and version.
    """

    played = frozenset(
        {
            "/flyteidl2.cluster.ClusterService/SelectCluster",
            "/flyteidl2.dataproxy.DataProxyService/CreateUploadLocation",
            "/flyteidl2.task.TaskService/DeployTask",
            "/flyteidl2.task.TaskService/GetTaskDetails",
        }
    )
    services: tuple[Any, ...] = (
        ClusterServiceWSGIApplication,
        DataProxyServiceWSGIApplication,
        TaskServiceWSGIApplication,
    )

    def __init__(self, folder: Path, project: str, domain: str, refuses: Code | None = None) -> None:
        self.folder, self._known, self._refuses = folder, (project, domain), refuses
        self.calls: list[str] = []
        self.unexpected: list[str] = []
        self.tasks: dict[tuple[str, str], Message] = {}
        # The generated applications ask for each method of their service, also for those that nobody calls.
        self._services = {
            app.path: app for app in (kind(_Only(self), interceptors=[_Rules()]) for kind in self.services)
        }
        handler = {"server_class": _Server, "handler_class": _Quiet}
        self._server = make_server("127.0.0.1", 0, self._answer, **handler)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, environ: dict[str, Any], start: Any) -> Any:
        path, length = environ["PATH_INFO"], int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        environ["wsgi.input"] = io.BytesIO(body)
        if path.startswith(STORE) and environ["REQUEST_METHOD"] == "PUT":
            return _reply(start, self._put(path, body, environ.get("HTTP_CONTENT_MD5", "")), b"")
        if path not in self.played:
            self.unexpected.append(path)
            answer = {"code": Code.UNIMPLEMENTED.value, "message": f"nobody plays {path}"}
            return _reply(start, HTTPStatus.NOT_IMPLEMENTED, json.dumps(answer).encode())
        self.calls.append(path)
        return self._services[path.rpartition("/")[0]](environ, start)

    def _put(self, path: str, body: bytes, checksum: str) -> HTTPStatus:
        """Take what a signed URL was made for, and compare the checksum as S3 does."""
        if base64.b64encode(hashlib.md5(body).digest()).decode() != checksum:
            return HTTPStatus.BAD_REQUEST
        file = self.folder / path.removeprefix(STORE)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
        return HTTPStatus.OK

    def check(self, project: str, domain: str) -> None:
        """Refuse a project and domain that are not the known ones."""
        if self._refuses is not None:
            raise ConnectError(self._refuses, "refused on purpose")
        if (project, domain) != self._known:
            raise ConnectError(Code.NOT_FOUND, f"project {project!r} has no domain {domain!r}")

    def select_cluster(self, request, ctx):
        """Say that there is one cluster, behind this very endpoint."""
        if request.HasField("project_id"):
            self.check(request.project_id.name, request.project_id.domain)
        return payload_pb2.SelectClusterResponse()

    def create_upload_location(self, request, ctx):
        """Answer with a place below the folder; as a path, so that a pod of this machine can read from there."""
        self.check(request.project, request.domain)
        place = f"{request.project}/{request.domain}/{request.content_md5.hex()}/{request.filename}"
        url = f"http://{self.address}{STORE}{place}"
        return dataproxy_service_pb2.CreateUploadLocationResponse(
            signed_url=url, native_url=str(self.folder / place)
        )

    def deploy_task(self, request, ctx):
        self.check(request.task_id.project, request.task_id.domain)
        self.tasks[request.task_id.name, request.task_id.version] = request
        return task_service_pb2.DeployTaskResponse()

    def find(self, wanted: task_definition_pb2.TaskIdentifier) -> Message:
        """Return the request that has deployed a task."""
        self.check(wanted.project, wanted.domain)
        if (wanted.name, wanted.version) not in self.tasks:
            raise ConnectError(Code.NOT_FOUND, f"{wanted.name} {wanted.version} has not been deployed")
        return self.tasks[wanted.name, wanted.version]

    def get_task_details(self, request, ctx):
        found = self.find(request.task_id)
        details = task_definition_pb2.TaskDetails(task_id=found.task_id, spec=found.spec)
        return task_service_pb2.GetTaskDetailsResponse(details=details)


class _Rules:
    """Refuses what breaks the rules of a message."""

    def intercept_unary_sync(self, call_next: Any, request: Message, ctx: Any) -> Message:
        try:
            protovalidate.validate(request)
        except protovalidate.ValidationError as error:
            raise ConnectError(Code.INVALID_ARGUMENT, str(error)) from error
        return call_next(request, ctx)


class _Only:
    """A service, of which only some methods are there; nothing leads to the others."""

    def __init__(self, server: FakeFlyte2) -> None:
        self._server = server

    def __getattr__(self, name: str) -> Any:
        return getattr(self._server, name, None)


class _Server(ThreadingMixIn, WSGIServer):
    """Answers calls side by side."""

    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    """Says nothing."""

    def log_message(self, *_: object) -> None:
        pass


def _reply(start: Any, status: HTTPStatus, body: bytes) -> list[bytes]:
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start(f"{status.value} {status.phrase}", headers)
    return [body]
