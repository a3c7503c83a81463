"""What does an object store look like that refuses some requests? As much of S3 as a0 uses."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class FakeStore:
    """An S3 on 127.0.0.1 that keeps objects in memory.

    Attributes:
        objects: "/bucket/key" -> content.
        refused: "/bucket/key" -> the HTTP status that reading it is answered with.
    """

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.refused: dict[str, int] = {}
        handler = type("Handler", (_Handler,), {"store": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def settings(self) -> dict[str, str]:
        """The environment in which Flyte's SDK uses this store."""
        return {
            "FLYTE_AWS_ENDPOINT": f"http://127.0.0.1:{self._server.server_port}",
            "FLYTE_AWS_ACCESS_KEY_ID": "key",
            "FLYTE_AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
        }


class _Handler(BaseHTTPRequestHandler):
    store: FakeStore

    def do_PUT(self) -> None:
        self.store.objects[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200)

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if "list-type" in query:
            self.answer(200, b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>")
        elif path in self.store.refused:
            self.answer(self.store.refused[path])
        elif path in self.store.objects:
            self.part_of(self.store.objects[path])
        else:
            self.answer(404)

    do_HEAD = do_GET

    def part_of(self, body: bytes) -> None:
        first, _, last = self.headers.get("Range", "").removeprefix("bytes=").partition("-")
        if not first:
            self.answer(200, body)
            return
        end = min(int(last or len(body)), len(body) - 1)
        whole = f"bytes {first}-{end}/{len(body)}"
        self.answer(206, body[int(first) : end + 1], ("Content-Range", whole))

    def answer(self, status: int, body: bytes = b"", *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for header in headers:
            self.send_header(*header)
        self.send_header("ETag", '"e"')
        self.send_header("Last-Modified", "Sun, 22 Nov 2026 10:00:00 GMT")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
