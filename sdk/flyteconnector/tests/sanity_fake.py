"""Which connector do the tests of connector-sanity look at? One that keeps its promises, but for one that it breaks."""

from __future__ import annotations

import hashlib
import json
import threading
import time
import uuid
from concurrent import futures
from typing import Any

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from sanity_fake_services import TYPE, Refused, complete, serve, wrong

from connector_sanity.dialect import DIALECTS, Dialect

FAILED, RETRYABLE_FAILED = 5, 8
STATES = {"works": 2, "done": 3, "broken": FAILED}
"""What the fake operator writes -> the phase's number."""
SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
Json = dict[str, Any]


class Fake:
    """A connector whose resources are in its memory.

    Args:
        breaks: The promise that it does not keep, such as "P2 type"; "" keeps all.
        credentials: TLS; None: plain text.
    """

    def __init__(self, breaks: str = "", credentials: grpc.ServerCredentials | None = None) -> None:
        self.breaks, self.resources, self.calls = breaks, dict[str, Json](), list[str]()
        self.away, self.ended = False, False
        self._lock = threading.Lock()
        limit = 4 << 20 if breaks == "P6" else 32 << 20
        pings = 300_000 if breaks == "P7" else 50
        options = (
            ("grpc.max_receive_message_length", limit),
            ("grpc.http2.min_ping_interval_without_data_ms", pings),
        )
        self._server = grpc.server(futures.ThreadPoolExecutor(24), options=options)
        for dialect in DIALECTS.values():
            serve(self, dialect, self._server)
        self.health = health.HealthServicer(experimental_non_blocking=True)
        health_pb2_grpc.add_HealthServicer_to_server(self.health, self._server)
        self.announce(True)
        if credentials is None:
            self.port = self._server.add_insecure_port("127.0.0.1:0")
        else:
            self.port = self._server.add_secure_port("127.0.0.1:0", credentials)
        self._server.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._server.stop(0).wait()

    def announce(self, ready: bool) -> None:
        """Tell health whether the API server is there."""
        state = SERVING if ready or self.breaks == "O1 ready" else NOT_SERVING
        names = [name for each in DIALECTS.values() for name in (each.service_name, each.metadata_name)]
        for name in ["", *(names if self.breaks != "O1 services" else [])]:
            self.health.set(name, state)
        self.health.set("liveness", SERVING if ready or self.breaks != "O1 alive" else NOT_SERVING)
        self.away, self.ended = not ready, not ready and self.breaks == "O1 end"

    def make(self, name: str) -> Json:
        """Return the resource with this name, new or not."""
        with self._lock:
            self.calls.append(f"POST {name}")
            about = {"name": name, "uid": str(uuid.uuid4()), "namespace": "connector-sanity"}
            return self.resources.setdefault(name, {"kind": "Fake", "metadata": about})

    def drop(self, name: str) -> None:
        with self._lock:
            self.calls.append(f"DELETE {name}")
            if self.breaks != "D1":
                self.resources.pop(name, None)

    def create(self, request: Any, context: grpc.ServicerContext, dialect: Dialect) -> bytes:
        """Return resource_meta; raises Refused."""
        complete(self.breaks, request)
        if request.template.type != TYPE and self.breaks != "P2 type":
            raise Refused(grpc.StatusCode.NOT_FOUND, f"no task type {request.template.type!r}")
        if request.template.task_type_version and self.breaks != "P2 version":
            raise Refused(grpc.StatusCode.NOT_FOUND, "only version 0 is served")
        if self.breaks == "M2 deep" or (self.breaks == "M7" and r"\000" in str(request)):
            raise RuntimeError("a NUL")
        words = wrong(self.breaks, request)
        if words:
            return json.dumps({"v": 1, "e": words}).encode()
        salt = (
            str(dialect.number)
            if self.breaks == "P4"
            else str(time.time())
            if self.breaks == "P8 twice"
            else ""
        )
        name = "t-" + hashlib.sha256((request.output_prefix + salt).encode()).hexdigest()[:16]
        made = self.make(name)
        if self.breaks == "P8 late":
            self.undo_late(context, name)
        return json.dumps({"v": 1, "n": name, "u": made["metadata"]["uid"]}).encode()

    def undo_late(self, context: grpc.ServicerContext, name: str) -> None:
        """Work for a while, and delete what was made when nobody waits any more, whoever has adopted it since."""
        gone = threading.Event()
        context.add_callback(gone.set)
        time.sleep(0.02)
        if gone.is_set():
            threading.Timer(0.3, self.drop, [name]).start()

    def look(self, raw: bytes) -> tuple[int, str]:
        """Return the phase and the message of a task; raises Refused."""
        meta = self.decoded(raw)
        if "e" in meta:
            return FAILED, str(meta["e"])
        found = self.resources.get(meta["n"])
        if found and found["metadata"]["uid"] == meta["u"]:
            return STATES[found.get("status", {}).get("state", "works")], found.get("status", {}).get(
                "why", "works"
            )
        return RETRYABLE_FAILED, f"{meta['n']} was deleted externally"

    def delete(self, raw: bytes) -> None:
        """End a task; raises Refused."""
        meta = self.decoded(raw)
        if "n" in meta:
            self.drop(meta["n"])

    def decoded(self, raw: bytes) -> Json:
        """Return what resource_meta says; raises Refused."""
        if self.breaks == "M3 call":
            self.calls.append("GET")
        if self.breaks == "M3 accept" and raw == b"{}":
            return {"e": "nothing"}
        if self.breaks == "M3 code" and not raw:
            raise RuntimeError("no JSON")
        try:
            meta = json.loads(raw)
        except ValueError:
            meta = None
        named = isinstance(meta, dict) and all(
            isinstance(meta.get(key), str) and (meta[key] or self.breaks == "M3 name") for key in ("n", "u")
        )
        if not named and not (isinstance(meta, dict) and meta.get("e")):
            raise Refused(grpc.StatusCode.INVALID_ARGUMENT, "resource_meta is not from this connector")
        return dict(meta)
