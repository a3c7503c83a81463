"""How does the kit's proxy hand a request on, and the answer back? A thread for each connection, a chunk at a time."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import json
import select
import socket
import struct
import threading
import time
from typing import TYPE_CHECKING, Any

from connector_sanity.faults import Fault, Mode
from connector_sanity.upstream import HOPS, Upstream, usable

if TYPE_CHECKING:
    from connector_sanity.proxy import Proxy

REASONS = {
    409: "Conflict",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


class Server(http.server.ThreadingHTTPServer):
    """Listens on a free port of 127.0.0.1 at once."""

    daemon_threads, request_queue_size = True, 128

    def __init__(self, upstream: Upstream, proxy: Proxy) -> None:
        self.upstream, self.proxy = upstream, proxy
        self._open: set[socket.socket] = set()
        self.resets: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), Handler)

    def open(self) -> list[socket.socket]:
        """Return the callers' connections."""
        return list(self._open)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Keep the connection, and serve it in a thread."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection, and end it."""
        self._open.discard(request)
        if request in self.resets:
            self.resets.discard(request)
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: broken connections are what this is for."""


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection of a caller, with one to the API server behind it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    server: Server
    _upstream: http.client.HTTPConnection | None = None

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing; the proxy keeps the calls."""

    def finish(self) -> None:
        """End both connections."""
        if self._upstream is not None:
            self._upstream.close()
        with contextlib.suppress(OSError):
            super().finish()

    def handle_call(self) -> None:
        """Take one request, and do with it what the faults say."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.server.proxy.note(self.command, self.path) as (fault, healed):
            try:
                if fault is None:
                    self._hand_back(self._ask(body))
                else:
                    self._play(fault, body, healed)
            except (OSError, http.client.HTTPException):
                self._break()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_call

    def _play(self, fault: Fault, body: bytes, healed: threading.Event) -> None:
        if fault.mode is Mode.STATUS:
            self._answer(fault)
            return
        if fault.mode in (Mode.REFUSE, Mode.EOF_BEFORE):
            self._break(reset=fault.mode is Mode.REFUSE)
            return
        if fault.mode is Mode.SWALLOW:
            healed.wait()
            self._break()
            return
        if fault.mode is Mode.DELAY:
            time.sleep(fault.seconds)
        answer = self._ask(body)
        if fault.mode is Mode.EOF_AFTER:
            self._break()
            return
        if fault.mode is Mode.HOLD:
            fault.hit += 1
            healed.wait()
        self._hand_back(answer)

    def _break(self, reset: bool = False) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            if reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.server.resets.add(self.connection)
            else:
                self.connection.shutdown(socket.SHUT_RDWR)

    def _answer(self, fault: Fault) -> None:
        reason = REASONS.get(fault.status, "")
        status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "broken on purpose"}
        text = (fault.text or json.dumps({**status, "reason": reason, "code": fault.status})).encode()
        self.send_response(fault.status)
        if fault.retry_after:
            self.send_header("Retry-After", str(fault.retry_after))
        self.send_header("Content-Type", "text/plain" if fault.text else "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def _ask(self, body: bytes) -> http.client.HTTPResponse:
        if self._upstream is not None and not usable(self._upstream):
            self._upstream.close()
            self._upstream = None
        if self._upstream is None:
            self._upstream = self.server.upstream.connect("Authorization" in self.headers)
            self._upstream.connect()
            self._upstream.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._upstream.sock.settimeout(None)
        self._upstream.request(
            self.command, self.path, body or None, self.server.upstream.headers(self.headers)
        )
        return self._upstream.getresponse()

    def _hand_back(self, answer: http.client.HTTPResponse) -> None:
        bare = self.command == "HEAD" or answer.status in (204, 304)
        body = b"" if bare or answer.chunked else answer.read()
        self.send_response_only(answer.status, answer.reason)
        for key, value in answer.getheaders():
            if key.lower() not in HOPS:
                self.send_header(key, value)
        if answer.chunked and not bare:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self._stream(answer)
            return
        if not bare:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, answer: http.client.HTTPResponse) -> None:
        self.wfile.flush()
        ended = threading.Event()
        threading.Thread(target=self._end_with_caller, args=(ended,), daemon=True).start()
        try:
            while part := answer.read1(65536):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        finally:
            ended.set()

    def _end_with_caller(self, ended: threading.Event) -> None:
        """End a watch at the API server when its caller has gone: until an event comes, nothing else would tell."""
        upstream = self._upstream.sock if self._upstream is not None else None
        while upstream is not None and not ended.is_set():
            with contextlib.suppress(OSError, ValueError):
                if not select.select([self.connection], [], [], 0.2)[0]:
                    continue
            if not ended.is_set():
                with contextlib.suppress(OSError):
                    upstream.shutdown(socket.SHUT_RDWR)
            return
