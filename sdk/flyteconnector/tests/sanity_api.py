"""What stands behind the kit's proxy in its tests? A small HTTP server that says what it was asked."""

from __future__ import annotations

import http.server
import json
import threading
from typing import Any

JOBS = "/apis/batch/v1/namespaces/a/jobs"


class Api(http.server.BaseHTTPRequestHandler):
    """Answers what it was asked; a watch gets an event when it opens, and another when `go` is set."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    came: list[dict[str, Any]]
    go: threading.Event

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        seen = {
            "method": self.command,
            "path": self.path,
            "body": body,
            "who": self.headers.get("Authorization"),
        }
        self.came.append(seen)
        self.send_response(200)
        if "watch=" in self.path:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"3\r\none\r\n")
            self.go.wait(10)
            self.wfile.write(b"3\r\ntwo\r\n0\r\n\r\n")
            return
        text = json.dumps(seen).encode()
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_DELETE = do_GET
