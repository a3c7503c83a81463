"""Where is the page of a Spark application, when no Ingress leads to it? A redirect that asks the operator.

`http://127.0.0.1:PORT/NAMESPACE/APPLICATION` leads to the address of the Service that the operator has made.
"""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from devkit.cluster import LocalCluster
from devkit.process import ChildError

PATH = re.compile(r"/([a-z0-9][a-z0-9-]*)/([a-z0-9][a-z0-9-]*)(/.*)?")
ADDRESS = "jsonpath={.status.driverInfo.webUIAddress}"


class SparkPages:
    """Serves the redirects of a cluster, on 127.0.0.1, while the context is open."""

    def __init__(self, cluster: LocalCluster) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                to = target(cluster, self.path)
                self.send_response(302 if to else 404)
                if to:
                    self.send_header("Location", to)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *arguments: Any) -> None:
                """Say nothing: stderr is the demo's."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def template(self) -> str:
        """What the connector's flag --spark-ui-url gets."""
        return f"http://127.0.0.1:{self._server.server_port}/{{{{.Namespace}}}}/{{{{.Application}}}}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()


def target(cluster: LocalCluster, path: str) -> str | None:
    """Return where `path` leads, or None when there is no such application, or no page yet."""
    if not (asked := PATH.fullmatch(path)):
        return None
    namespace, name, rest = asked.groups()
    try:
        address = cluster.kubectl("-n", namespace, "get", "sparkapplication", name, "-o", ADDRESS).strip()
    except ChildError:
        return None
    return f"http://{address}{rest or '/'}" if address else None
