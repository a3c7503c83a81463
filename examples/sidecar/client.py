"""How does a task ask the service beside it? `lookup("planes", "N14228")`.

Where no pod is, which is in a unit test or a local run, nothing is beside the task. Then the same service runs in a
thread of this process, from the first question until the process ends.
"""

from __future__ import annotations

import functools
import json
import os
from threading import Thread
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import ProxyHandler, build_opener

from sidecar import service

URL = "LOOKUP_URL"  # which the decorator sets in the pod
IN_FLYTE = "FLYTE_INTERNAL_EXECUTION_ID"  # which Flyte sets in every pod
PATIENCE = 10.0  # seconds for an answer
DIRECT = build_opener(
    ProxyHandler({})
)  # an image may have a proxy in its environment, which cannot reach a pod


def lookup(table: str, key: str) -> dict[str, str] | None:
    """Return a row, for example `lookup("airports", "JFK")`, or None when the table has no such key.

    Raises:
        ValueError: There is no such table.
        RuntimeError: The task runs in a pod without the sidecar.
        ConnectionError: The sidecar does not answer, or somebody answers in its place.
    """
    url = where()
    try:
        question = f"{url}/{quote(table, safe='')}/{quote(key, safe='')}"
        with DIRECT.open(question, timeout=PATIENCE) as answer:
            return json.load(answer)
    except HTTPError as error:
        if error.code != 404:
            raise ConnectionError(f"lookup: the service at {url} answers with {error.code}") from error
        with error:
            said = json.load(error)
        if "tables" in said:
            raise ValueError(f"lookup: table = {table!r}: want one of {', '.join(said['tables'])}") from None
        return None
    except OSError as error:
        raise ConnectionError(f"lookup: the service at {url} does not answer: {error}") from error


def where() -> str:
    """Return the service's address."""
    if URL in os.environ:
        return os.environ[URL]
    if IN_FLYTE in os.environ:
        raise RuntimeError(
            f"lookup: this pod has no sidecar, since {URL} is not set: use @improved_python_task"
        )
    return _in_this_process()


@functools.cache
def _in_this_process() -> str:
    server = service.Server("127.0.0.1", 0, service.load())
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"
